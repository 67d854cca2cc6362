import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent, RecordedExecution, RecordedScenario } from './recording';

/**
 * Differences between two recordings of the same scenarios: ends of executions, their states and events, and the members of event
 * details. Numbers of polls and times are ignored.
 */
export function differencesBetween(recorded: string, here: string): string[] {
  const names = readdirSync(recorded).filter(
    (name) => existsSync(join(here, name)) && isScenario(recorded, name),
  );
  return names.flatMap((name) => {
    const [theirs, ours] = [recorded, here].map((folder) => read(folder, name).executions);
    return compareExecutions(name.replace(/\.json$/, ''), theirs ?? [], ours ?? []);
  });
}

function read(folder: string, name: string): RecordedScenario {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as RecordedScenario;
}

function isScenario(folder: string, name: string): boolean {
  return name.endsWith('.json') && 'executions' in read(folder, name);
}

function compareExecutions(
  scenario: string,
  theirs: readonly RecordedExecution[],
  ours: readonly RecordedExecution[],
): string[] {
  if (theirs.length !== ours.length)
    return [`${scenario}: ${theirs.length} executions recorded, ${ours.length} here`];
  return theirs.flatMap((execution, index) => {
    const other = ours[index];
    if (other === undefined) return [];
    const where = `${scenario}, execution ${index + 1}`;
    const [wanted, found] = [describeExecution(execution), describeExecution(other)];
    return [...wanted.entries()]
      .filter(([what, value]) => found.get(what) !== value)
      .map(([what, value]) => `${where}: ${what}: ${value} recorded, ${found.get(what) ?? 'nothing'} here`);
  });
}

function describeExecution({ status, error, history }: RecordedExecution): Map<string, string> {
  const described = new Map([
    ['status', String(status)],
    ['error', String(error)],
    ['events', [...new Set(history.map(nameOf))].join(' → ')],
  ]);
  for (const event of history) described.set(`members of ${nameOf(event)}`, membersOf(event));
  return described;
}

/** `TaskStateEntered RunJob`; repetitions have the same name. */
function nameOf({ type, ...details }: RecordedEvent): string {
  const name = Object.values(details)
    .map((detail) => (typeof detail === 'object' && 'name' in detail ? detail.name : undefined))
    .find((found) => found !== undefined);
  return [type, name].filter((part) => part !== undefined).join(' ');
}

/** Names of the members of the details, sorted. */
function membersOf(event: RecordedEvent): string {
  const details = Object.entries(event).find(([key]) => key.endsWith('EventDetails'))?.[1];
  if (typeof details !== 'object') return 'none';
  return Object.keys(details).sort().join(', ');
}
