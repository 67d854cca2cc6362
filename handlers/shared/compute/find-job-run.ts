import {
  type EMRServerlessClient,
  GetJobRunCommand,
  paginateListJobRuns,
} from '@aws-sdk/client-emr-serverless';
import type { ObservedJobRun } from './assess-job-run';
import { EXECUTION_TAG, executionTag } from '../execution-tag';

/** How far our clocks may differ from that of EMR Serverless. */
const CLOCK_MARGIN_MS = 60_000;

/**
 * The latest job run that carries the tag of the execution; undefined when there is none.
 *
 * @param startedAt of the execution: its job run is not older.
 */
export async function findJobRun(
  client: EMRServerlessClient,
  applicationId: string,
  executionArn: string,
  startedAt: Date | undefined,
): Promise<ObservedJobRun | undefined> {
  const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  const tag = executionTag(executionArn);
  const after = startedAt && new Date(startedAt.getTime() - CLOCK_MARGIN_MS);
  const pages = paginateListJobRuns({ client }, { applicationId, ...(after && { createdAtAfter: after }) });
  for await (const { jobRuns = [] } of pages) {
    // The workflow gives its job run the execution's name; the tag decides.
    for (const { id } of jobRuns.filter((jobRun) => jobRun.name === name)) {
      const { jobRun } = await client.send(new GetJobRunCommand({ applicationId, jobRunId: id }));
      if (jobRun?.tags?.[EXECUTION_TAG] === tag) return jobRun;
    }
  }
  return undefined;
}
