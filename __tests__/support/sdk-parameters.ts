import type { Definition } from '../../workflows/states-language';

/** Packages that carry the schemas of the services that the workflows call through Step Functions. */
const SDK_PACKAGES: Readonly<Record<string, string>> = {
  'emr-serverless': '@aws-sdk/client-emr-serverless',
  s3: '@aws-sdk/client-s3',
  lambda: '@aws-sdk/client-lambda',
  sfn: '@aws-sdk/client-sfn',
  emr: '@aws-sdk/client-emr',
  elasticmapreduce: '@aws-sdk/client-emr',
};

/** Kinds of schema, as the SDK's runtime numbers them. */
const STRUCTURE = 3;
const LIST = 1;

type Arguments = Readonly<Record<string, unknown>>;

/** Integrations whose arguments Step Functions arranges in its own way: their operation, and its arguments. */
const REARRANGED: Readonly<
  Record<string, { readonly action: string; readonly toSdk: (own: Arguments) => Arguments }>
> = {
  createCluster: { action: 'RunJobFlow', toSdk: (own) => own },
  addStep: {
    action: 'AddJobFlowSteps',
    toSdk: ({ ClusterId, Step }) => ({ JobFlowId: ClusterId, Steps: [Step] }),
  },
  terminateCluster: { action: 'TerminateJobFlows', toSdk: ({ ClusterId }) => ({ JobFlowIds: [ClusterId] }) },
};

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Schema = readonly unknown[];

/** Schemas refer to each other through functions, and carry traits next to them. */
function resolve(schema: unknown): Schema | undefined {
  let current = schema;
  for (let depth = 0; depth < 5; depth += 1) {
    if (typeof current === 'function') current = (current as () => unknown)();
    else if (Array.isArray(current) && current.length === 2 && typeof current[0] !== 'number')
      current = current[0] as unknown;
    else break;
  }
  return Array.isArray(current) ? (current as Schema) : undefined;
}

function isKind(schema: Schema, kind: number): boolean {
  return Math.abs(Number(schema[0])) === kind;
}

function compare(schema: unknown, value: unknown, path: string): string[] {
  const resolved = resolve(schema);
  if (resolved === undefined || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    return isKind(resolved, LIST)
      ? value.flatMap((item, at) => compare(resolved[4], item, `${path}${at}.`))
      : [];
  }
  if (!isKind(resolved, STRUCTURE)) return [];
  const names = (resolved[4] as string[]).map(capitalized);
  const types = resolved[5] as unknown[];
  const required = names.slice(0, Number(resolved[6] ?? 0));
  const given = Object.entries(value);
  return [
    ...given.flatMap(([name, inner]) =>
      names.includes(name)
        ? compare(types[names.indexOf(name)], inner, `${path}${name}.`)
        : [`${path}${name}: no such parameter (${names.join(', ')})`],
    ),
    ...required
      .filter((name) => !given.some(([other]) => other === name))
      .map((name) => `${path}${name}: required, missing`),
  ];
}

/**
 * Compares what every task of a definition calls with the SDK's own schemas.
 *
 * @returns one line for each unknown service, action or parameter, and each missing one
 */
export async function findWrongParameters(definition: Definition): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.Type !== 'Task') continue;
    const match = /^arn:aws:states:::(?:aws-sdk:)?([\w-]+):(\w+)(\.sync)?$/.exec(state.Resource);
    const [, service = '', action = ''] = match ?? [];
    const packageName = SDK_PACKAGES[service];
    if (packageName === undefined) {
      problems.push(`${name}: unknown service in ${state.Resource}`);
      continue;
    }
    const sdk = (await import(packageName)) as Record<string, unknown>;
    const rearranged = service === 'elasticmapreduce' ? REARRANGED[action] : undefined;
    const operation = sdk[`${rearranged?.action ?? capitalized(action)}$`];
    const given = rearranged?.toSdk(state.Arguments) ?? state.Arguments;
    if (!Array.isArray(operation)) problems.push(`${name}: ${service} has no action ${action}`);
    else problems.push(...compare(operation[4], given, `${name}.`));
  }
  return problems;
}
