import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleClicks } from '../../schemas/click';
import { errorMessage, TaskError } from '../cli/errors';
import { LOCAL } from '../cli/paths';
import { checkExport, type CovidExport } from '../covid-data/covid-export';
import { writeSample } from '../covid-data/covid-sample';

/** The pipelines and their stacks in main.ts. */
export const PIPELINES = ['clicklogger', 'covid'] as const;

export type PipelineName = (typeof PIPELINES)[number];

export interface RunArguments {
  readonly clicks?: string | undefined;
  readonly 'no-sample'?: boolean | undefined;
  readonly date?: string | undefined;
  readonly data?: string | undefined;
}

/** The pipelines to run, and their inputs. */
export interface RunRequest {
  readonly pipelines: readonly PipelineName[];
  /** Clicks from the file of the user. */
  readonly clicks: readonly unknown[] | undefined;
  readonly noSample: boolean;
  /** `YYYY-MM-DD` or `ALL`; undefined for today. */
  readonly date: string | undefined;
  /** Hospital data from the file of the user. */
  readonly data: CovidExport | undefined;
}

/**
 * Validates the arguments and reads their files.
 *
 * @param given names of pipelines, or `all`
 * @throws TaskError when arguments are invalid or conflict
 */
export async function readRequest(given: readonly string[], values: RunArguments): Promise<RunRequest> {
  const unknown = given.find((name) => name !== 'all' && !PIPELINES.some((pipeline) => pipeline === name));
  if (unknown !== undefined)
    throw new TaskError(`"${unknown}" is not a pipeline. Use ${PIPELINES.join(', ')} or all.`);
  const pipelines = given.includes('all') ? PIPELINES : PIPELINES.filter((name) => given.includes(name));
  const { clicks, data, date, 'no-sample': noSample = false } = values;
  rejectUnused(pipelines, values);
  if (clicks !== undefined && noSample) throw new TaskError('--clicks cannot be combined with --no-sample.');
  if (date !== undefined) requireDate(date);
  return {
    pipelines,
    date,
    noSample,
    clicks: clicks === undefined ? undefined : readClicks(clicks),
    data: data === undefined ? undefined : await checkExport(data),
  };
}

const USED_BY: readonly (readonly [keyof RunArguments, PipelineName])[] = [
  ['clicks', 'clicklogger'],
  ['no-sample', 'clicklogger'],
  ['date', 'clicklogger'],
  ['data', 'covid'],
];

function rejectUnused(pipelines: readonly PipelineName[], values: RunArguments): void {
  const [option, pipeline] =
    USED_BY.find(([name, user]) => values[name] !== undefined && !pipelines.includes(user)) ?? [];
  if (option !== undefined && pipeline !== undefined)
    throw new TaskError(`--${option} is for the ${pipeline} pipeline, which this run does not include.`);
}

function requireDate(date: string): void {
  if (date === 'ALL') return;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
  // Date parses "2026-02-30" as a day of March.
  if (isDay && new Date(date).toISOString().startsWith(date)) return;
  throw new TaskError(`--date ${date} is not a date. Use YYYY-MM-DD, for example 2026-03-04, or ALL.`);
}

/**
 * Reads the clicks to send: a JSON object or an array of objects. The Lambda validates their fields.
 *
 * @throws TaskError when the file is not JSON or contains no click
 */
function readClicks(file: string): unknown[] {
  let content: unknown;
  try {
    // Some editors write a byte-order mark.
    content = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new TaskError(`--clicks ${file}: cannot be read as JSON: ${errorMessage(error)}`);
  }
  const clicks: unknown[] = Array.isArray(content) ? content : [content];
  if (clicks.length === 0)
    throw new TaskError(`--clicks ${file}: the array is empty; at least one click is required.`);
  const wrong = clicks.findIndex(
    (click) => typeof click !== 'object' || click === null || Array.isArray(click),
  );
  if (wrong < 0) return clicks;
  throw new TaskError(
    `--clicks ${file}: element ${wrong} is ${JSON.stringify(clicks[wrong])}, but a click is a JSON object ` +
      'like {"requestid": "r-1", "contextid": "c-1", …}; schemas/click.json lists the fields.',
  );
}

export type Sending =
  | { readonly clicks: readonly unknown[]; readonly reason?: undefined }
  | { readonly clicks: undefined; readonly reason: string };

/**
 * Chooses the clicks to send. Sample clicks are not sent in stage prod, and not when the report is for another day.
 *
 * @param today `YYYY-MM-DD` in UTC
 */
export function chooseClicks(
  { clicks, noSample, date }: Pick<RunRequest, 'clicks' | 'noSample' | 'date'>,
  stage: string,
  today: string,
): Sending {
  if (clicks !== undefined) return { clicks };
  if (noSample) return { clicks: undefined, reason: '--no-sample' };
  if (stage === 'prod')
    return { clicks: undefined, reason: 'stage prod contains real clicks (send clicks with --clicks FILE)' };
  if (date !== undefined && date !== 'ALL' && date !== today)
    return { clicks: undefined, reason: `the report for ${date} does not include clicks of today` };
  return { clicks: sampleClicks() };
}

/** Generated hospital data, marked as such. */
export async function generatedExport(): Promise<CovidExport> {
  mkdirSync(LOCAL, { recursive: true });
  const file = join(LOCAL, 'generated-hospital-data.csv');
  await writeSample(file);
  return checkExport(file);
}
