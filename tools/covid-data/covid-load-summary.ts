import { covidStates } from '../../schemas/covid-report';
import type { CovidExport } from './covid-export';
import type { RawFiles } from './covid-upload';

export interface Load {
  readonly uri: string;
  readonly replace: boolean;
  /** Options of other tasks for the same stage, e.g. `--local`. */
  readonly taskOptions: readonly string[];
  /** Whether the upload starts the workflow (COVID_ON_UPLOAD). */
  readonly startsWorkflow: boolean;
  readonly before: RawFiles;
}

const MAX_FILES = 5;

const COUNT = new Intl.NumberFormat('en-US');

export function describeExport(checked: CovidExport): string {
  const { generated, rows, columns, states, period, notes, encoding, canonicalName } = checked;
  const facts = [
    ...(generated ? [['data', 'GENERATED SAMPLE DATA, not real data']] : []),
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

/** The URI of the file, the other files in raw/, and the next command. */
export function describeLoad({ canonicalName }: CovidExport, load: Load | undefined): string {
  if (load === undefined) return 'Checked only (--dry-run): nothing was uploaded.';
  const { uri, replace, before, startsWorkflow, taskOptions } = load;
  const others = [...before.generated, ...before.real].filter((name) => name !== canonicalName);
  const names = others.slice(0, MAX_FILES).join(', ');
  const list = others.length > MAX_FILES ? `${names} and ${others.length - MAX_FILES} more` : names;
  const note = replace
    ? `Removed from raw/ (noncurrent versions are kept for 30 days): ${list}`
    : `raw/ also contains ${list}. A report counts all files. When several files have rows for the same state and day, ` +
      'the row with the most values counts, or the row of the last file by name.';
  return [
    `Loaded: ${uri}`,
    ...(others.length === 0 ? [] : [note]),
    startsWorkflow
      ? 'Next:   COVID_ON_UPLOAD starts the workflow, no action is required'
      : `Next:   ${['npm run exec -- covid', ...taskOptions].join(' ')}`,
  ].join('\n');
}

export function toJson(checked: CovidExport, load: Load | undefined): string {
  return `${JSON.stringify({ ...checked, uri: load?.uri ?? null }, undefined, 2)}\n`;
}
