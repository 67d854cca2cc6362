import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { TaskError } from '../cli/errors';
import { writeWhole } from '../setup/stamps.cjs';
import { renderPage } from './page';
import { runRecord, type RunRecord } from './run-record';

/** A folder for each run, with its record and its page. */
const RUNS = join(LOCAL, 'runs');

/** Runs of each pipeline that are kept: with half a megabyte for each, that of both stays below 50 MB. */
const MAX_RUNS = 50;

export interface StoredRun {
  /** Time and pipeline, by which runs sort: `2026-03-04T101112Z-covid`. */
  readonly name: string;
  readonly record: RunRecord;
  /** Path of the page. */
  readonly page: string;
}

/** Keeps a record and writes its page, in the place of the pipeline's oldest when there are 50; returns the page's path. */
export async function storeRun(record: RunRecord, folder = RUNS): Promise<string> {
  const name = `${record.startedAt.slice(0, 19).replaceAll(':', '')}Z-${record.pipeline}`;
  const page = join(folder, name, 'index.html');
  writeWhole(join(folder, name, 'run.json'), JSON.stringify(record, undefined, 2));
  writeWhole(page, await renderPage(record));
  const own = readdirSync(folder).filter((other) => isRunOf(other, record.pipeline));
  for (const old of own.toSorted().slice(0, -MAX_RUNS))
    rmSync(join(folder, old), { recursive: true, force: true });
  return page;
}

function isRunOf(name: string, pipeline: RunRecord['pipeline']): boolean {
  return /^\d{4}-\d\d-\d\dT\d{6}Z-(.+)$/.exec(name)?.[1] === pipeline;
}

/** All runs of this checkout, the newest first. */
export function storedRuns(folder = RUNS): StoredRun[] {
  const names = existsSync(folder) ? readdirSync(folder).toSorted().reverse() : [];
  return names
    .filter((name) => existsSync(join(folder, name, 'index.html')))
    .map((name) => ({
      name,
      record: runRecord.parse(JSON.parse(readFileSync(join(folder, name, 'run.json'), 'utf8'))),
      page: join(folder, name, 'index.html'),
    }));
}

/**
 * The newest run whose name has this in it.
 *
 * @throws TaskError when there is none
 */
export function findRun(wanted: string, folder = RUNS): StoredRun {
  const found = storedRuns(folder).find(({ name }) => name.includes(wanted));
  if (found !== undefined) return found;
  throw new TaskError(
    wanted === ''
      ? 'No run of this checkout is kept. npm run local makes one.'
      : `No run is called "${wanted}". npm run report -- --list shows the runs that are kept.`,
  );
}
