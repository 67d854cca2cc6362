import * as z from 'zod';

export const diagnosticSchema = z.object({
  severity: z.string(),
  summary: z.string(),
  detail: z.string().optional(),
  address: z.string().optional(),
});

export type Diagnostic = z.infer<typeof diagnosticSchema>;

/** The fields that are read of a line of `terraform apply -json`: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const messageSchema = z.object({
  type: z.string(),
  '@message': z.string().optional(),
  diagnostic: diagnosticSchema.optional(),
  changes: z
    .object({ add: z.number(), change: z.number(), remove: z.number(), operation: z.string() })
    .optional(),
  hook: z
    .object({
      resource: z.object({ addr: z.string() }).optional(),
      action: z.string().optional(),
      elapsed_seconds: z.number().optional(),
    })
    .optional(),
});

type Message = z.infer<typeof messageSchema>;

export class ApplyProgress {
  readonly diagnostics: Diagnostic[] = [];
  done = 0;
  /** Seconds by resource in progress; Terraform reports resources after ten seconds. */
  private readonly slow = new Map<string, number>();

  /** @param total resources that the plan changes; undefined until Terraform has planned */
  constructor(public total?: number) {}

  /** Reads one line; ignores lines that are not messages, as Terraform's documentation requires. */
  accept(line: string): void {
    const message = parseMessage(line);
    if (message === undefined) return;
    if (message.diagnostic) this.diagnostics.push(message.diagnostic);
    if (message.changes?.operation === 'plan') {
      this.total = message.changes.add + message.changes.change + message.changes.remove;
    }
    this.acceptHook(message);
  }

  /** "31 of 57 resources; waiting for aws_emrserverless_application.x (20 s) and 3 more". */
  describe(): string {
    if (this.total === undefined) return 'planning';
    const [first, ...others] = this.slow;
    const waiting = first === undefined ? '' : `; waiting for ${first[0]} (${first[1]} s)`;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${this.done} of ${this.total} resources${waiting}${more}`;
  }

  private acceptHook({ type, hook }: Message): void {
    const address = hook?.resource?.addr;
    if (address === undefined || hook?.action === 'read') return;
    if (type === 'apply_progress') this.slow.set(address, hook?.elapsed_seconds ?? 0);
    if (type === 'apply_complete') this.done += 1;
    if (type === 'apply_complete' || type === 'apply_errored') this.slow.delete(address);
  }
}

function parseMessage(line: string): Message | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return messageSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Renders each error once with all its resources. Omits warnings. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const byText = new Map<string, string[]>();
  for (const { severity, summary, detail, address } of diagnostics) {
    if (severity !== 'error') continue;
    const text = [shorten(summary), ...(detail ? [shorten(detail)] : [])].join('\n');
    byText.set(text, [...(byText.get(text) ?? []), ...(address === undefined ? [] : [address])]);
  }
  return [...byText]
    .map(([text, addresses]) => [...addresses.map((address) => `✖ ${address}`), indent(text)].join('\n'))
    .join('\n');
}

/** Removes transport details and request IDs of the AWS SDK. */
function shorten(text: string): string {
  return text
    .replaceAll(/operation error ([\w ]+): (\w+), /g, '$1 $2: ')
    .replaceAll(/https response error StatusCode: (\d+), RequestID: [^,]*,( HostID: [^,]*,)? ?/g, 'HTTP $1, ')
    .replaceAll(/api error (\w+): /g, '$1: ')
    .trim();
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
