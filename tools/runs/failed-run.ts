import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { rerunCommand } from '../../config/task-command';
import { findClusterFacts } from '../../handlers/shared/compute/cluster-facts';
import { findJobRunFacts, rerunFor } from '../../handlers/shared/compute/job-run-facts';
import {
  type ComputeFacts,
  computeOrProblem,
  type Notice,
  textOf,
} from '../../handlers/shared/notification/notice';
import type { EndedExecution } from '../../handlers/shared/execution-event';
import type { PipelineName } from './pipeline-inputs';
import { applicationIds } from '../aws/job-runs';
import type { Target } from '../aws/target';

/** EMR Serverless reports the billed usage some seconds after the end of a job run. */
const BILL_WAIT_MS = 15_000;
/** Age of an execution up to which the task waits for the billed usage. */
const MAX_BILL_AGE_MS = 60_000;

/**
 * Describes a failed execution: its error, the reason and the last lines of the Spark log, the location of the log, the
 * cost, and the command that runs it again. The pipeline's notifier sends the same text.
 */
export async function explainFailedRun(
  target: Target,
  pipeline: PipelineName,
  executionArn: string,
): Promise<string> {
  return textOf(await describeFailure(target, pipeline, executionArn));
}

/** The facts of `explainFailedRun`. */
export async function describeFailure(
  target: Target,
  pipeline: PipelineName,
  executionArn: string,
): Promise<Notice> {
  const execution = await describeEnd(target, executionArn);
  const command = rerunCommand(target.settings, pipeline);
  return {
    pipeline: target.names.pipeline(pipeline),
    execution,
    compute: await computeOrProblem(
      () => findFacts(target, pipeline, execution),
      // The text contains the problem.
      () => undefined,
    ),
    rerun: pipeline === 'clicklogger' ? rerunFor(command, execution) : command,
  };
}

async function findFacts(
  target: Target,
  pipeline: PipelineName,
  execution: EndedExecution,
): Promise<ComputeFacts | undefined> {
  const { client, names, region, settings } = target;
  const s3 = client(S3);
  if (pipeline === 'covid') {
    const place = { emr: client(EMR), s3, region, pipeline: names.pipeline(pipeline) };
    return findClusterFacts(place, execution);
  }
  const [id] = await applicationIds(target);
  if (id === undefined) return undefined;
  const { architecture } = settings.emr;
  const place = {
    emrServerless: client(EMRServerless),
    s3,
    applicationId: id,
    placement: { region, architecture },
  };
  const isRecent = Date.now() - execution.stoppedAt.getTime() < MAX_BILL_AGE_MS;
  return findJobRunFacts(place, execution, isRecent ? BILL_WAIT_MS : 0);
}

export async function describeEnd(
  { client }: Pick<Target, 'client'>,
  executionArn: string,
): Promise<EndedExecution> {
  const found = await client(SFN).describeExecution({ executionArn });
  const { status = 'without a status', startDate, stopDate = new Date(), ...rest } = found;
  const { input, output, error, cause } = rest;
  return { executionArn, status, startedAt: startDate, stoppedAt: stopDate, input, output, error, cause };
}
