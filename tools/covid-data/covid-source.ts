import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSample } from './covid-sample';
import { atExit } from '../cli/exit-actions';
import { TaskError } from '../cli/errors';

const WHERE_TO_DOWNLOAD = `No FILE specified. Hospital data of all states, about 81,000 daily rows from 2020 to 2024, is public:

  "COVID-19 Reported Patient Impact and Hospital Capacity by State Timeseries (RAW)"
  https://healthdata.gov/Hospital/COVID-19-Reported-Patient-Impact-and-Hospital-Capa/g62h-syeh
  Export > CSV, or: curl -L -o hospitals.csv 'https://healthdata.gov/api/views/g62h-syeh/rows.csv?accessType=DOWNLOAD'

Load the file:        npm run covid:load -- hospitals.csv
Load generated data:  npm run covid:load -- --sample`;

interface SourceChoice {
  readonly files: readonly string[];
  readonly sample: boolean;
  /** Requests confirmation; undefined without a terminal. */
  readonly confirm: ((message: string) => Promise<boolean>) | undefined;
}

/**
 * The file to load: the specified file, or a temporary file with generated data.
 *
 * @throws TaskError unless exactly one source is specified
 */
export async function chooseSource({ files, sample, confirm }: SourceChoice): Promise<string> {
  const [file, ...more] = files;
  if (more.length > 0 || (sample && file !== undefined)) {
    const given = [...(sample ? ['--sample'] : []), ...files].join(' ');
    throw new TaskError(`Specify one FILE or --sample, not ${given}. Load several files one by one.`);
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
