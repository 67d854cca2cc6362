import { clickloggerReleaseRules } from '../../../workflows/clicklogger-workflow';
import { covidReleaseRules } from '../../../workflows/covid-workflow';
import { findLeaks } from '../../../workflows/release-proof';
import { attributeChanges, isTagsOnly } from '../../terraform/plan/attribute-diff';
import { beforeAfter, code, counted, listed, table } from '../markdown';
import { isHidden } from '../../terraform/plan/masking';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import { renameBy, renames } from '../../terraform/plan/renaming';
import { itemsIf, nameOf, text, type Block, type ReviewContext, type Section } from '../section';
import { stateDiagram, stateMark } from './state-diagram';
import { readMachine, resourcesOf, type Machine } from '../../pricing/machine';
import { edgesOf, proofDefinition, type Edge } from './states';

const RULES = [...clickloggerReleaseRules, ...covidReleaseRules];

/** Calls that start compute, which must be released. */
const STARTS_COMPUTE =
  /emr-serverless:startJobRun|elasticmapreduce:createCluster|emrserverless:startJobRun|emr:runJobFlow|emr-containers:|ecs:runTask|eks:runJob|batch:submitJob|glue:startJobRun|databrew:startJobRun|sagemaker:create|codebuild:startBuild|ec2:(runInstances|createFleet)|athena:startQuery/i;

/** Calls that start no compute, or compute that ends without a call: messages, records, reads, stops, functions. */
const STARTS_NOTHING =
  /^arn:[\w-]+:states:::((lambda|sqs|sns|dynamodb|events):|aws-sdk:\w+:(get|list|describe|head|query|scan|put|send|publish|delete|cancel|stop|terminate|tag|untag)|elasticmapreduce:terminate|emr-serverless:(stop|delete|cancel))|^arn:[\w-]+:lambda:/;

const MAX_CALLS = 5;

interface Workflow {
  readonly change: ResourceChange;
  readonly before: Machine | undefined;
  readonly after: Machine | undefined;
}

/** Changed state machines: states, transitions, parameters, and whether every path releases the compute. */
export function workflows({ changed }: ReviewContext): Section | undefined {
  const rename = renameBy(renames(changed));
  const machines = changed
    .filter((change) => change.type === 'aws_sfn_state_machine' && !isTagsOnly(change))
    .map((change): Workflow => ({
      change,
      before: readMachine(rename(text(change.before, 'definition'))),
      after: readMachine(text(change.after, 'definition')),
    }));
  if (machines.length === 0) return undefined;
  const described = machines.map((machine) => describe(machine));
  return {
    title: 'Workflows',
    summary: described.flatMap(({ summary }) => summary),
    blocks: described.flatMap(({ parts }) => parts),
  };
}

function describe(workflow: Workflow): { readonly summary: string[]; readonly parts: Block[] } {
  const { change, before, after } = workflow;
  const name = code(nameOf(change));
  if (change.kind === 'delete') return { summary: [], parts: [{ line: `- ${name} is destroyed.` }] };
  if (after === undefined) {
    const definition = text(change.after, 'definition');
    const why =
      definition === undefined
        ? 'is known only after apply'
        : isHidden(definition)
          ? 'is sensitive'
          : 'is not valid';
    return {
      summary: ['workflow cannot be checked'],
      parts: [{ line: `- 🟧 ${name}: its definition ${why}.` }],
    };
  }
  const proof = release(workflow, after);
  const { summary, isShape } = differences(before, after);
  const rows = parameterRows(workflow);
  return {
    summary: [...proof.summary, ...itemsIf(summary !== '', `workflow: ${summary}`)],
    parts: [
      {
        line: `- ${name}: ${summary === '' ? 'no change of states and transitions' : summary}`,
        // Folded when only parameters change.
        ...(summary !== '' && { detail: stateDiagram(before, after), label: isShape ? '' : 'diagram' }),
      },
      proof.block,
      ...itemsIf(rows.length > 0, parameters(rows)),
    ],
  };
}

/** The differences in words; `isShape`: states or transitions are added or removed. */
function differences(
  before: Machine | undefined,
  after: Machine,
): { readonly summary: string; readonly isShape: boolean } {
  const names = [...new Set([...Object.keys(before?.States ?? {}), ...Object.keys(after.States)])];
  const marks = new Map(names.map((name) => [name, stateMark(before?.States[name], after.States[name])]));
  const marked = (mark: string): string[] => names.filter((name) => marks.get(name) === mark);
  const list = (mark: string): string[] => {
    const found = marked(mark);
    const some = found.slice(0, 3).map(code).join(', ');
    if (found.length === 0) return [];
    return [found.length > 3 ? `${counted(found.length, 'state')} ${mark}` : `${some} ${mark}`];
  };
  const transitions = transitionChanges(edgesOf(before), edgesOf(after));
  const uncaught = names.filter(
    (name) => catches(before, name) && after.States[name] !== undefined && !catches(after, name),
  );
  const verb = uncaught.length === 1 ? 'catches' : 'catch';
  const lost = itemsIf(uncaught.length > 0, `${uncaught.map(code).join(', ')} no longer ${verb} failures`);
  const shape = [...list('added'), ...list('removed')];
  return {
    summary: [...shape, ...list('changed'), ...lost, ...transitions].join(', '),
    isShape: shape.length + transitions.length > 0,
  };
}

function catches(machine: Machine | undefined, name: string): boolean {
  return (machine?.States[name]?.Catch ?? []).length > 0;
}

function transitionChanges(before: readonly Edge[], after: readonly Edge[]): string[] {
  const key = ({ from, to }: Edge): string => JSON.stringify([from, to]);
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  const added = [...now].filter((edge) => !old.has(edge)).length;
  const removed = [...old].filter((edge) => !now.has(edge)).length;
  if (before.length === 0) return [];
  return [
    ...itemsIf(added > 0, `${counted(added, 'transition')} added`),
    ...itemsIf(removed > 0, `${counted(removed, 'transition')} removed`),
  ];
}

/** Whether every path releases the compute that the machine starts. */
function release(
  { before }: Workflow,
  after: Machine,
): { readonly summary: string[]; readonly block: Block } {
  const rules = RULES.filter(
    ({ acquiredBy }) => after.States[acquiredBy] !== undefined || before?.States[acquiredBy] !== undefined,
  );
  if (rules.length === 0) return withoutRules(after);
  const leaks = findLeaks(proofDefinition(after), rules);
  const what = [...new Set(rules.map(({ compute }) => compute))].join(', ');
  if (leaks.length === 0)
    return { summary: [], block: { line: `  - ✅ No leak: every path releases its ${what}.` } };
  const paths = leaks.map(({ path }) => `  - ${path.map(code).join(' → ')} ends with it running`);
  return {
    summary: [`**${what} can be left running**`],
    block: {
      line: `  - 🟥 **The no-leak proof fails: ${what} can be left running** on ${counted(leaks.length, 'path')}, such as ${path(leaks)}`,
      detail: paths.slice(0, 20).join('\n'),
    },
  };
}

function withoutRules(machine: Machine): { readonly summary: string[]; readonly block: Block } {
  const calls = resourcesOf(machine);
  if (calls.some((call) => STARTS_COMPUTE.test(call))) {
    const line =
      '  - 🟥 **It starts compute without a release rule in workflows/: the release is not proved.**';
    return { summary: ['**compute without a release rule**'], block: { line } };
  }
  const unknown = calls.filter((call) => !STARTS_NOTHING.test(call));
  if (unknown.length === 0) return { summary: [], block: { line: '  - It starts no compute.' } };
  const line = `  - 🟧 It calls ${listed(unknown.map(code), MAX_CALLS)}: whether these calls start compute is not checked.`;
  return { summary: ['workflow with unchecked calls'], block: { line } };
}

function path(leaks: ReturnType<typeof findLeaks>): string {
  const [shortest] = [...leaks].sort((a, b) => a.path.length - b.path.length);
  return (shortest?.path ?? []).map(code).join(' → ');
}

/** Parameters, timeouts, retries and catches of existing states, and settings of the machine. */
function parameterRows({ change, before, after }: Workflow): string[][] {
  return attributeChanges(change)
    .filter(({ path: [first, second, state = ''] }) => {
      if (first !== 'definition')
        return !['tags', 'tags_all', 'id', 'arn', 'version_description', 'revision_id'].includes(first ?? '');
      return (
        second !== 'States' || (before?.States[state] !== undefined && after?.States[state] !== undefined)
      );
    })
    .map(({ path: [first = '', second = '', state = '', ...rest], before: old, after: now }) => {
      const isState = first === 'definition' && second === 'States';
      const where = isState
        ? rest
        : [first, second, state, ...rest].filter((part) => part !== '' && part !== 'definition');
      return [isState ? code(state) : '(machine)', code(where.join('.')), ...beforeAfter(old, now)];
    });
}

function parameters(rows: readonly string[][]): Block {
  return {
    line: `  - ${counted(rows.length, 'parameter')} changed`,
    detail: table(['State', 'Parameter', 'Before', 'After'], rows),
  };
}
