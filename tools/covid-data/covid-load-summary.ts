import { covidStates } from '../../schemas/covid-report';
import type { CovidExport } from './covid-export';
import type { RawFiles } from './covid-upload';

/** Where a file went. */
export interface Load {
  readonly uri: string;
  readonly replace: boolean;
  /** Options by which tasks reach where the file went, e.g. `--local`. */
  readonly taskOptions: readonly string[];
  /** Whether the upload itself starts the workflow: COVID_ON_UPLOAD. */
  readonly startsWorkflow: boolean;
  /** What raw/ held before. */
  readonly before: RawFiles;
}

/** More names than these are only counted. */
const MAX_FILES = 5;

const COUNT = new Intl.NumberFormat('en-US');

/** What the check has found, for the terminal. */
export function describeExport(checked: CovidExport): string {
  const { generated, rows, columns, states, period, notes, encoding, canonicalName } = checked;
  const facts = [
    ...(generated ? [['data', 'GENERATED SAMPLE DATA, no real numbers']] : []),
    ['rows', COUNT.format(rows)],
    ['period', `${period.first} to ${period.last}`],
    ['states', describeStates(states)],
    ['columns', `${columns}, ${encoding}`],
    ['name', canonicalName],
  ];
  const lines = facts.map(([title = '', text = '']) => `  ${title.padEnd(8)} ${text}`);
  return [...lines, ...notes.map((note) => `  note     ${note}`)].join('\n');
}

function describeStates(states: readonly string[]): string {
  const count = `${states.length} of ${covidStates.length} states and territories`;
  const lacking = covidStates.filter((state) => !states.includes(state));
  if (lacking.length === 0) return count;
  return lacking.length < states.length
    ? `${count}, without ${lacking.join(' ')}`
    : `${count}: ${states.join(' ')}`;
}

/** Where the file is now, which other files are there, and the next command. */
export function describeLoad({ canonicalName }: CovidExport, load: Load | undefined): string {
  if (load === undefined) return 'Checked only (--dry-run): nothing was uploaded.';
  const { uri, replace, before } = load;
  const others = [...before.generated, ...before.real].filter((name) => name !== canonicalName);
  const names = others.slice(0, MAX_FILES).join(', ');
  const list = others.length > MAX_FILES ? `${names} and ${others.length - MAX_FILES} more` : names;
  return [
    `Loaded: ${uri}`,
    ...(others.length === 0 ? [] : [replace ? describeRemoved(list) : describeOthers(list)]),
    describeNext(load),
  ].join('\n');
}

function describeNext({ startsWorkflow, taskOptions }: Load): string {
  if (startsWorkflow) return 'Next:   nothing to do, COVID_ON_UPLOAD starts the workflow';
  return `Next:   ${['npm run exec -- covid', ...taskOptions].join(' ')}`;
}

function describeRemoved(list: string): string {
  return `Removed from raw/ (old versions stay for 30 days): ${list}`;
}

function describeOthers(list: string): string {
  return (
    `raw/ also holds ${list}: a report counts all of them. Of a state and day in several files the row with more ` +
    'numbers counts, then that of the file whose name sorts last.'
  );
}

/** The same for programs. */
export function toJson(checked: CovidExport, load: Load | undefined): string {
  return `${JSON.stringify({ ...checked, uri: load?.uri ?? null }, undefined, 2)}\n`;
}
