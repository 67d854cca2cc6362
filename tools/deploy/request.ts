import { readClicks } from '../runs/click-file';
import { checkExport, type CovidExport } from '../covid-data/covid-export';
import { TaskError } from '../cli/errors';
import { choosePipelines, requireUse, type PipelineName } from '../runs/pipeline-inputs';
import { sampleClicks } from '../../schemas/click';

/** What the command line says. */
export interface ExecArguments {
  readonly clicks?: string | undefined;
  readonly 'no-sample'?: boolean | undefined;
  readonly date?: string | undefined;
  readonly data?: string | undefined;
}

/** What is to be run, and what with. */
export interface ExecRequest {
  readonly pipelines: readonly PipelineName[];
  /** Clicks of the user's own; undefined to send samples where they do no harm. */
  readonly clicks: readonly unknown[] | undefined;
  readonly noSample: boolean;
  /** `YYYY-MM-DD` or `ALL`; undefined for today. */
  readonly date: string | undefined;
  /** A file of the user's own for raw/. */
  readonly data: CovidExport | undefined;
}

/**
 * Reads the arguments and the files that they name, before anything is built or asked for.
 *
 * @throws TaskError when they cannot be used, or do not fit together
 */
export async function readRequest(given: readonly string[], values: ExecArguments): Promise<ExecRequest> {
  const pipelines = choosePipelines(given.length === 0 ? ['clicklogger'] : given);
  const { clicks, data, date, 'no-sample': noSample = false } = values;
  requireUse(pipelines, { clicks, data });
  if (!pipelines.includes('clicklogger') && (date !== undefined || noSample))
    throw new TaskError(
      `${date === undefined ? '--no-sample' : '--date'} is for the clicklogger pipeline, which this run leaves out.`,
    );
  if (clicks !== undefined && noSample)
    throw new TaskError('--clicks sends clicks and --no-sample sends none: give one of them.');
  if (date !== undefined) requireDate(date);
  return {
    ...{ pipelines, date, noSample },
    clicks: clicks === undefined ? undefined : readClicks(clicks),
    data: data === undefined ? undefined : await checkExport(data),
  };
}

function requireDate(date: string): void {
  if (date === 'ALL') return;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
  // "2026-02-30" is read as a day of March.
  if (isDay && new Date(date).toISOString().startsWith(date)) return;
  throw new TaskError(`--date ${date} is no day. Give one as YYYY-MM-DD, such as 2026-03-04, or ALL.`);
}

/** The clicks to send, or why none are sent. */
export type Sending =
  | { readonly clicks: readonly unknown[]; readonly reason?: undefined }
  | { readonly clicks: undefined; readonly reason: string };

/**
 * Samples go only where they are wanted: not among real clicks of stage prod, and not today when the report is that
 * of another day.
 *
 * @param today `YYYY-MM-DD` in UTC
 */
export function chooseClicks(
  { clicks, noSample, date }: Pick<ExecRequest, 'clicks' | 'noSample' | 'date'>,
  stage: string,
  today: string,
): Sending {
  if (clicks !== undefined) return { clicks };
  if (noSample) return { clicks: undefined, reason: '--no-sample' };
  if (stage === 'prod')
    return { clicks: undefined, reason: 'stage prod holds real clicks (--clicks FILE sends some)' };
  if (date !== undefined && date !== 'ALL' && date !== today)
    return { clicks: undefined, reason: `the report is that of ${date}, and clicks of today are not in it` };
  return { clicks: sampleClicks() };
}
