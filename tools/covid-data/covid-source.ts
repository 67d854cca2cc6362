import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSample } from './covid-sample';
import { atExit } from '../cli/exit-actions';
import { TaskError } from '../cli/errors';

/** Message for a user without a file. */
const WHERE_TO_DOWNLOAD = `No FILE given. Hospital data of all states, about 81,000 daily rows from 2020 to 2024, is public:

  "COVID-19 Reported Patient Impact and Hospital Capacity by State Timeseries (RAW)"
  https://healthdata.gov/Hospital/COVID-19-Reported-Patient-Impact-and-Hospital-Capa/g62h-syeh
  Export > CSV, or: curl -L -o hospitals.csv 'https://healthdata.gov/api/views/g62h-syeh/rows.csv?accessType=DOWNLOAD'

Then:                         npm run covid:load -- hospitals.csv
Or take generated data:       npm run covid:load -- --sample`;

/** What the arguments and the user choose. */
interface SourceChoice {
  /** Words of the command line that belong to no option. */
  readonly files: readonly string[];
  readonly sample: boolean;
  /** Asks for a yes or no; undefined without a terminal. */
  readonly confirm: ((message: string) => Promise<boolean>) | undefined;
}

/**
 * The file to load: the one given, or one with generated data that is removed when the task ends.
 *
 * @throws TaskError when there is none, or more than one is given
 */
export async function chooseSource({ files, sample, confirm }: SourceChoice): Promise<string> {
  const [file, ...more] = files;
  if (more.length > 0 || (sample && file !== undefined)) {
    const given = [...(sample ? ['--sample'] : []), ...files].join(' ');
    throw new TaskError(
      `Give one FILE, or --sample; this is ${given}. Load several files one after the other.`,
    );
  }
  if (file !== undefined) return file;
  if (sample) return generate();
  if (confirm === undefined) throw new TaskError(WHERE_TO_DOWNLOAD);
  if (await confirm(`${WHERE_TO_DOWNLOAD}\n\nLoad generated sample data now?`)) return generate();
  throw new TaskError('Nothing was loaded.');
}

async function generate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'clicklogger-covid-'));
  atExit(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'generated-sample.csv');
  await writeSample(file);
  return file;
}
