import {
  CancelJobRunCommand,
  type EMRServerlessClient,
  GetJobRunCommand,
  type JobRunState,
  paginateListJobRuns,
} from '@aws-sdk/client-emr-serverless';
import { EXECUTION_TAG, executionOf } from '../shared/execution-tag';
import type { Compute, LiveCompute } from './compute';

/** States of a job run that is not being cancelled. */
const LIVE_STATES: JobRunState[] = ['SUBMITTED', 'PENDING', 'SCHEDULED', 'QUEUED', 'RUNNING'];

export class JobRuns implements Compute {
  constructor(
    private readonly client: EMRServerlessClient,
    private readonly applicationId: string,
  ) {}

  async findLive(): Promise<LiveCompute[]> {
    const found: LiveCompute[] = [];
    const pages = paginateListJobRuns(
      { client: this.client, pageSize: 50 },
      { applicationId: this.applicationId, states: LIVE_STATES },
    );
    for await (const { jobRuns = [] } of pages) {
      for (const { id } of jobRuns) {
        const live = await this.describe(id);
        if (live !== undefined) found.push(live);
      }
    }
    return found;
  }

  async end({ id }: LiveCompute): Promise<void> {
    await this.client.send(new CancelJobRunCommand({ applicationId: this.applicationId, jobRunId: id }));
  }

  /** The job run with its tags, which the list does not contain; undefined when it has ended. */
  private async describe(id: string | undefined): Promise<LiveCompute | undefined> {
    const { applicationId } = this;
    const { jobRun } = await this.client.send(new GetJobRunCommand({ applicationId, jobRunId: id }));
    if (id === undefined || jobRun?.state === undefined || jobRun.createdAt === undefined) return undefined;
    if (!LIVE_STATES.includes(jobRun.state)) return undefined;
    const { name = id, state, createdAt, tags } = jobRun;
    const executionArn = executionOf(tags?.[EXECUTION_TAG], name);
    return { kind: 'job run', id, name, state, createdAt, executionArn };
  }
}
