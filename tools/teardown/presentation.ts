import { renderTable } from '../cli/table';
import type { Target } from '../aws/target';
import { isClean, type Audit, type Leftover } from './audit';
import type { BucketSize } from './bucket-contents';
import { describeName, type Resource } from './resource';
import type { Survey } from './survey';
import type { Work } from './work';

/** Everything that will go, for a user to judge before it does. */
export function renderSurvey(target: Target, plan: Survey): string {
  const sections = [
    `To be removed: ${plan.going.length} resources of ${target.description}`,
    renderResources(plan.going),
    ...plan.states.map(
      ({ name, resources }) => `The state of the stack ${name} lists ${resources.length} resources.`,
    ),
    renderSizes(plan.sizes),
    renderWork(plan.work),
    renderList(
      'Kept on request:',
      plan.kept.map(({ id }) => id),
    ),
    renderList(
      'A name of ours, but no tags and not in the state (stays, unless --include-untagged):',
      plan.untagged
        .filter((resource) => !plan.going.includes(resource))
        .map((resource) => `${resource.kind} ${describeName(resource)}`),
    ),
    renderList('Could not be looked at:', plan.inventory.blind),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function renderResources(resources: readonly Resource[]): string {
  if (resources.length === 0) return 'Nothing is there.';
  const rows = resources.map((resource) => [
    ...[resource.kind, describeName(resource), resource.sources.join(', ')],
  ]);
  return renderTable(['Resource', 'Name', 'Found by'], rows);
}

function renderSizes(sizes: readonly BucketSize[]): string {
  if (sizes.length === 0) return '';
  const number = (value: number): string => value.toLocaleString('en');
  const rows = sizes.map(({ name, objects, bytes, uploads, isComplete, unreadable }) =>
    unreadable === undefined
      ? [name, number(objects), number(bytes), number(uploads), isComplete ? '' : 'and more']
      : [name, '?', '?', '?', unreadable],
  );
  return renderTable(['Bucket', 'Versions', 'Bytes', 'Unfinished uploads', ''], rows);
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
  return renderList('Running now, to be stopped:', lines) || 'Nothing runs, and nothing starts by itself.';
}

function renderList(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** The result of the audit; its last line says whether anything is left. */
export function renderAudit(target: Target, result: Audit): string {
  const sections = [
    renderLeft(result.left),
    renderList('The Terraform state still lists:', result.remembered),
    renderList('Could not be looked at, so nobody knows:', result.blind),
    renderList(
      'Kept on request:',
      result.kept.map(({ resource, cost }) => `${resource.id}  ${describeCost(cost)}`),
    ),
    renderList('Expected to stay:', result.expected),
    conclusion(target, result),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function renderLeft(left: readonly Leftover[]): string {
  if (left.length === 0) return '';
  const rows = left.map(({ resource, cost }) => [
    ...[resource.kind, describeName(resource), resource.sources.join(', ')],
    describeCost(cost),
  ]);
  return `Left:\n${renderTable(['Resource', 'Name', 'Found by', 'Cost'], rows)}`;
}

function describeCost({ usd, note }: Leftover['cost']): string {
  const amount = usd === undefined ? 'price unknown' : usd === 0 ? 'free' : `${usd.toFixed(4)} USD/h`;
  return note === undefined ? amount : `${amount} (${note})`;
}

function conclusion(target: Target, result: Audit): string {
  if (isClean(result)) {
    const what = result.kept.length > 0 ? 'nothing left but what is kept' : 'nothing left';
    return `${what}: ${target.description}`;
  }
  const { left, remembered, blind } = result;
  const known = left.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0);
  const untagged = left.filter(({ resource }) => resource.sources.every((source) => source === 'name'));
  const hints = [
    `NOT clean: ${left.length} resources left (about ${known.toFixed(4)} USD/h), ${remembered.length} in the state, ` +
      `${blind.length} look-ups failed.`,
    ...(untagged.length > 0
      ? [`${untagged.length} of them have only a name of ours: --include-untagged removes them too.`]
      : []),
  ];
  return hints.join('\n');
}
