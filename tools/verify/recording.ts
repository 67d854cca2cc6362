import { type HistoryEvent, SFN } from '@aws-sdk/client-sfn';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { executionHistory } from '../aws/executions';
import { writeWhole } from '../setup/stamps.cjs';
import type { Target } from '../aws/target';
import type { ScenarioResult } from './scenario';

/** One execution with its history. Times are milliseconds after its start. */
export interface RecordedExecution {
  readonly stateMachine: string;
  readonly status: string | undefined;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly milliseconds: number | undefined;
  readonly history: readonly RecordedEvent[];
}

/** An event of GetExecutionHistory with a relative time. */
export type RecordedEvent = Omit<HistoryEvent, 'timestamp'> & { readonly afterMs: number };

/** Content of the file of a scenario. */
export interface RecordedScenario {
  readonly scenario: string;
  readonly findings: ScenarioResult['findings'];
  readonly executions: readonly RecordedExecution[];
}

/** Writes results with placeholders for ids to a folder. */
export class Recording {
  private readonly redaction: Redaction;

  constructor(
    readonly folder: string,
    target: RedactedTarget,
  ) {
    mkdirSync(folder, { recursive: true });
    this.redaction = new Redaction(target);
  }

  write(name: string, content: unknown): void {
    const text = this.redaction.redact(JSON.stringify(content, undefined, 2));
    writeWhole(join(this.folder, `${name}.json`), `${text}\n`);
  }

  /** Writes a scenario with the histories of its executions. */
  async writeScenario(target: Target, { scenario, findings, executions }: ScenarioResult): Promise<void> {
    const recorded = await Promise.all(executions.map((arn) => recordExecution(target, arn)));
    this.write(scenario.name, {
      scenario: scenario.name,
      findings,
      executions: recorded,
    } satisfies RecordedScenario);
  }
}

async function recordExecution(target: Target, executionArn: string): Promise<RecordedExecution> {
  const found = await target.client(SFN).describeExecution({ executionArn });
  const began = found.startDate?.getTime() ?? 0;
  const history = (await executionHistory(target, executionArn)).map(({ timestamp, ...event }) => ({
    ...event,
    afterMs: (timestamp?.getTime() ?? began) - began,
  }));
  const { status, input, output, error, cause, stopDate } = found;
  const stateMachine = found.stateMachineArn?.split(':').at(-1) ?? '';
  const milliseconds = stopDate && stopDate.getTime() - began;
  return { stateMachine, status, input, output, error, cause, milliseconds, history };
}

/** Account, region, prefix and stage, which a recording must not contain. */
type RedactedTarget = Pick<Target, 'account' | 'region' | 'stage'> & {
  readonly settings: { readonly appPrefix: string };
};

/** Ids that AWS assigns, by the name of their placeholder. */
const IDS: readonly (readonly [string, RegExp])[] = [
  ['cluster', /\bj-[0-9A-Z]{10,}\b/g],
  ['step', /\bs-[0-9A-Z]{10,}\b/g],
  ['fleet', /\bif-[0-9A-Z]{10,}\b/g],
  ['instance', /\bci-[0-9A-Z]{10,}\b/g],
  ['emr-serverless-id', /\b00[0-9a-z]{14}\b/g],
  ['uuid', /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g],
  ['principal', /\bA(?:KIA|SIA|ROA|IDA)[0-9A-Z]{12,}\b/g],
  ['ec2-id', /\b(?:vpc|subnet|sg|i|eni|rtb|vol|igw|vpce|ami)-[0-9a-f]{8,17}\b/g],
  ['host', /\bip(?:-\d{1,3}){4}\b/g],
  ['address', /\b(?:\d{1,3}\.){3}\d{1,3}\b/g],
  ['email', /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g],
  ['hash', /\b[0-9a-f]{64}\b/g],
  // In error messages of S3.
  ['request-id', /(?<=Request ID: ?)[0-9A-Za-z+/=]{8,}/g],
];

/** Users and sessions, but not the roles of the stage, whose names start with its base. */
const PRINCIPAL =
  /\barn:aws[\w-]*:(?:iam|sts)::<account>:(?:user|assumed-role|federated-user)\/(?!<base>)[^"\\\s,]+/g;

/** Replaces account, region, names and ids by placeholders, consistently in all texts. */
export class Redaction {
  private readonly known = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly target: RedactedTarget) {}

  redact(text: string): string {
    const { account, region, stage, settings } = this.target;
    const base = `${settings.appPrefix}-${stage}`;
    const named = text
      .replaceAll(base, '<base>')
      .replaceAll(base.replaceAll('-', '_'), '<base>')
      .replaceAll(account, '<account>')
      .replaceAll(region, '<region>')
      .replaceAll(stage, '<stage>');
    return [['principal-arn', PRINCIPAL] as const, ...IDS].reduce(
      (sum, [kind, pattern]) => sum.replaceAll(pattern, (id) => this.placeholder(kind, id)),
      named,
    );
  }

  private placeholder(kind: string, id: string): string {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    const made = `<${kind}-${number}>`;
    this.known.set(id, made);
    return made;
  }
}
