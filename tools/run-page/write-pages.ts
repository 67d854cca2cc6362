import { textOf } from '../../handlers/shared/notification/notice';
import type { Target } from '../aws/target';
import { describeError, errorMessage } from '../cli/errors';
import { RunFailed } from '../runs/execution';
import { describeFailure } from '../runs/failed-run';
import { PIPELINES, type PipelineName } from '../runs/pipeline-inputs';
import type { PipelineEnds } from '../runs/pipeline-runs';
import { recordFailure, recordProblem, recordSuccess } from './collect-record';
import type { RunRecord } from './run-record';
import { storeRun } from './stored-runs';

interface WrittenPages {
  /** The path of each page, or why it could not be written. */
  readonly pages: readonly string[];
  readonly failures: readonly string[];
}

/** Describes failures and writes the page of each run into `folder`. A page that cannot be written is not a failure. */
export async function writePages(
  target: Target,
  { runs, failures }: PipelineEnds,
  folder?: string,
): Promise<WrittenPages> {
  const write = async (
    pipeline: PipelineName,
    record: () => Promise<RunRecord> | RunRecord,
  ): Promise<string> => {
    try {
      return `Page of ${pipeline}: ${await storeRun(await record(), folder)}`;
    } catch (error) {
      return `The page of ${pipeline} could not be written: ${errorMessage(error)}`;
    }
  };
  const written = await Promise.all(
    PIPELINES.map(async (pipeline): Promise<WrittenPages> => {
      const run = runs[pipeline];
      if (run !== undefined)
        return { pages: [await write(pipeline, () => recordSuccess(target, run))], failures: [] };
      if (!(pipeline in failures)) return { pages: [], failures: [] };
      const { message, record } = await explain(target, pipeline, failures[pipeline]);
      return { pages: [await write(pipeline, record)], failures: [message] };
    }),
  );
  return { pages: written.flatMap(({ pages }) => pages), failures: written.flatMap((one) => one.failures) };
}

interface Explained {
  readonly message: string;
  readonly record: () => Promise<RunRecord> | RunRecord;
}

async function explain(target: Target, pipeline: PipelineName, failure: unknown): Promise<Explained> {
  const problem = (message: string): Explained => ({
    message: `${pipeline}: ${message}`,
    record: () => recordProblem(target, pipeline, message, new Date()),
  });
  if (!(failure instanceof RunFailed)) return problem(describeError(failure));
  try {
    const notice = await describeFailure(target, pipeline, failure.executionArn);
    return { message: textOf(notice), record: () => recordFailure(target, pipeline, notice) };
  } catch (error) {
    return problem(`${failure.message}\n  (no further details: ${errorMessage(error)})`);
  }
}
