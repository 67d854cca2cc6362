import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { errorMessage, TaskError } from '../cli/errors';
import { writeWhole } from '../setup/stamps.cjs';
import { renderPage } from './page';
import type { RunRecord } from './run-record';

/** A folder for each run, with its page and its record. */
const RUNS = join(LOCAL, 'runs');

/** Runs of each pipeline that are kept: with half a megabyte for each, that of both stays below 50 MB. */
const MAX_RUNS = 50;

/** `2026-03-04T101112Z-covid`: other folders are not ours. */
const RUN_NAME = /^\d{4}-\d\d-\d\dT\d{6}Z-(.+)$/;

export interface StoredRun {
  /** Time and pipeline, by which runs sort. */
  readonly name: string;
  /** Path of the page. */
  readonly page: string;
}

/** Keeps a record and writes its page, in the place of the pipeline's oldest when there are 50; returns the page's path. */
export async function storeRun(record: RunRecord, folder = RUNS): Promise<string> {
  const name = `${record.startedAt.slice(0, 19).replaceAll(':', '')}Z-${record.pipeline}`;
  const page = join(folder, name, 'index.html');
  writeWhole(page, await renderPage(record));
  // The report is in S3, and may be large.
  writeWhole(join(folder, name, 'run.json'), JSON.stringify({ ...record, report: undefined }, undefined, 2));
  const own = readdirSync(folder).filter((other) => RUN_NAME.exec(other)?.[1] === record.pipeline);
  for (const old of own.toSorted().slice(0, -MAX_RUNS))
    rmSync(join(folder, old), { recursive: true, force: true });
  return page;
}

/**
 * The runs of this checkout whose name has this in it, the newest first.
 *
 * @throws TaskError when there is none
 */
export function findRuns(wanted: string, folder = RUNS): [StoredRun, ...StoredRun[]] {
  const names = existsSync(folder) ? readdirSync(folder).toSorted().reverse() : [];
  const runs = names
    .map((name) => ({ name, page: join(folder, name, 'index.html') }))
    .filter(({ name, page }) => RUN_NAME.test(name) && existsSync(page));
  const [newest, ...others] = runs.filter(({ name }) => name.includes(wanted));
  if (newest !== undefined) return [newest, ...others];
  throw new TaskError(
    runs.length === 0
      ? `No run is kept in ${folder}. npm run local makes one.`
      : `No run is called "${wanted}". npm run report -- --list shows the runs that are kept.`,
  );
}

/** How and where a run ended; why that is not known of one whose record another version has written, or that is damaged. */
export function describeRun({ page }: StoredRun): [status: string, place: string] {
  try {
    const text = readFileSync(join(page, '../run.json'), 'utf8');
    const record = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    const { status, place } = record ?? {};
    if (typeof status === 'string' && typeof place === 'string') return [status, place];
    throw new TaskError('it has no status and place');
  } catch (error) {
    return ['?', `run.json cannot be read: ${errorMessage(error)}. The page is ${page}`];
  }
}
