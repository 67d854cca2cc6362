import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { errorMessage, TaskError } from '../cli/errors';
import { writeWhole } from '../setup/stamps.cjs';
import { renderPage } from './page';
import type { RunRecord } from './run-record';

/** The folder with a folder for each run, which contains its page and record. */
const RUNS = join(LOCAL, 'runs');

/** Maximum number of stored runs of each pipeline, about half a megabyte each. */
const MAX_RUNS = 50;

/** `2026-03-04T101112Z-covid`; other folders are ignored. */
const RUN_NAME = /^\d{4}-\d\d-\d\dT\d{6}Z-(.+)$/;

export interface StoredRun {
  /** Time and pipeline. */
  readonly name: string;
  readonly page: string;
}

/** Stores a record with its page, and deletes the oldest run of the pipeline beyond 50; returns the path of the page. */
export async function storeRun(record: RunRecord, folder = RUNS): Promise<string> {
  const name = `${record.startedAt.slice(0, 19).replaceAll(':', '')}Z-${record.pipeline}`;
  const page = join(folder, name, 'index.html');
  writeWhole(page, await renderPage(record));
  // The report can be large, and is in S3.
  writeWhole(join(folder, name, 'run.json'), JSON.stringify({ ...record, report: undefined }, undefined, 2));
  const own = readdirSync(folder).filter((other) => RUN_NAME.exec(other)?.[1] === record.pipeline);
  for (const old of own.toSorted().slice(0, -MAX_RUNS))
    rmSync(join(folder, old), { recursive: true, force: true });
  return page;
}

/**
 * The runs of this checkout whose names contain `wanted`, newest first.
 *
 * @throws TaskError when no run matches
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
      ? `No runs are stored in ${folder}. npm run local creates one.`
      : `No run matches "${wanted}". npm run report -- --list lists the stored runs.`,
  );
}

/** Status and place of a run, or the reason why its record cannot be read. */
export function describeRun({ page }: StoredRun): [status: string, place: string] {
  try {
    const text = readFileSync(join(page, '../run.json'), 'utf8');
    const record = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    const { status, place } = record ?? {};
    if (typeof status === 'string' && typeof place === 'string') return [status, place];
    throw new TaskError('status or place is missing');
  } catch (error) {
    return ['?', `run.json cannot be read: ${errorMessage(error)}. The page is ${page}`];
  }
}
