import { renderTable } from '../cli/table';
import type { Target } from '../aws/target';
import { isClean, type Audit, type Leftover } from './audit';
import type { BucketSize } from './bucket-contents';
import type { Inventory, Work } from './inventory';
import { describeName, type Resource } from './resource';

export interface CleanupResult {
  readonly inventory: Inventory;
  readonly failed: readonly string[];
  /** Undefined after a dry run and without confirmation. */
  readonly audit: Audit | undefined;
}

export function renderInventory(target: Target, inventory: Inventory): string {
  const sections = [
    `To be removed: ${inventory.toDelete.length} resources of ${target.description}`,
    renderResources(inventory),
    ...inventory.states.map(
      ({ name, resources }) => `The state of the stack ${name} lists ${resources.length} resources.`,
    ),
    renderSizes(inventory.sizes),
    renderWork(inventory.work),
    renderList(
      'Kept on request:',
      inventory.retained.map(({ id }) => id),
    ),
    renderList(
      'Matching names, but without the tags of this project and not in a state (kept without --include-untagged):',
      inventory.untagged
        .filter((resource) => !inventory.toDelete.includes(resource))
        .map((resource) => `${resource.kind} ${describeName(resource)}`),
    ),
    renderList('Failed lookups:', inventory.found.failedLookups),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

const RESOURCE_COLUMNS = ['Resource', 'Name', 'Found by'];

const columnsOf = (resource: Resource): string[] => [
  resource.kind,
  describeName(resource),
  resource.sources.join(', '),
];

function renderResources({ toDelete, found: { otherStages } }: Inventory): string {
  if (toDelete.length === 0) {
    const others =
      otherStages.length > 0 ? ` Other stages in this account and region: ${otherStages.join(', ')}.` : '';
    return `No resources found.${others}`;
  }
  return renderTable(RESOURCE_COLUMNS, toDelete.map(columnsOf));
}

function renderSizes(sizes: readonly BucketSize[]): string {
  if (sizes.length === 0) return '';
  const number = (value: number): string => value.toLocaleString('en');
  const rows = sizes.map(({ name, objects, bytes, uploads, isComplete, unreadable }) =>
    unreadable === undefined
      ? [name, number(objects), number(bytes), number(uploads), isComplete ? '' : 'and more']
      : [name, '?', '?', '?', unreadable],
  );
  return renderTable(['Bucket', 'Versions', 'Bytes', 'Incomplete uploads', ''], rows);
}

function renderWork({ triggers, executions, jobs, clusters, startedApplications }: Work): string {
  const lines = [
    ...triggers.filter(({ enabled }) => enabled).map(({ kind, name }) => `${kind} ${name}`),
    ...executions.map((arn) => `execution ${arn}`),
    ...jobs.map(({ id, state, applicationId }) => `job run ${id} of application ${applicationId} (${state})`),
    ...clusters.map(
      ({ id, name, state, isProtected }) =>
        `cluster ${id} ${name} (${state}${isProtected ? ', termination protection' : ''})`,
    ),
    ...startedApplications.map((id) => `EMR Serverless application ${id} (started)`),
  ];
  return renderList('Running, to be stopped:', lines) || 'Nothing is running, and no trigger is enabled.';
}

function renderList(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** The result of the audit; the last lines are its summary. */
export function renderAudit(target: Target, result: Audit): string {
  const sections = [
    renderLeft(result.left),
    renderList('The Terraform state still lists:', result.stillInState),
    renderList('Failed lookups, resources may be left:', result.failedLookups),
    renderList(
      'Kept on request:',
      result.retained.map(({ resource, cost }) => `${resource.id}  ${describeCost(cost)}`),
    ),
    renderList('Expected to stay:', result.expected),
    summarize(target, result),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function renderLeft(left: readonly Leftover[]): string {
  if (left.length === 0) return '';
  const rows = left.map(({ resource, cost }) => [...columnsOf(resource), describeCost(cost)]);
  return `Left:\n${renderTable([...RESOURCE_COLUMNS, 'Cost'], rows)}`;
}

function describeCost({ usd, note }: Leftover['cost']): string {
  const amount = usd === undefined ? 'price unknown' : usd === 0 ? 'free' : `${usd.toFixed(4)} USD/h`;
  return note === undefined ? amount : `${amount} (${note})`;
}

function summarize(target: Target, result: Audit): string {
  if (isClean(result)) {
    const what = result.retained.length > 0 ? 'nothing left except retained buckets' : 'nothing left';
    return `${what}: ${target.description}`;
  }
  const { left, stillInState, failedLookups } = result;
  const known = left.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0);
  const untagged = left.filter(({ resource }) => resource.sources.every((source) => source === 'name'));
  const hint =
    untagged.length > 0
      ? `\n${untagged.length} of them match by name only: --include-untagged deletes them too.`
      : '';
  return (
    `NOT clean: ${left.length} resources left (about ${known.toFixed(4)} USD/h), ${stillInState.length} in the state, ` +
    `${failedLookups.length} failed lookups.${hint}`
  );
}

/** The output of `--json`; without the fields of the audit after a dry run and without confirmation. */
export function toJson(
  { stage, account, region }: Target,
  { inventory, failed, audit }: CleanupResult,
): object {
  const { toDelete, retained, untagged, sizes, work } = inventory;
  const { failedLookups, otherStages } = inventory.found;
  return {
    stage,
    account,
    region,
    failed,
    found: { toDelete, retained, untagged, sizes, work, failedLookups, otherStages },
    ...(audit === undefined ? {} : { ...audit, clean: isClean(audit) }),
  };
}
