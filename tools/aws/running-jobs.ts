import {
  CancelJobRunCommand,
  EMRServerlessClient,
  GetApplicationCommand,
  paginateListJobRuns,
  StopApplicationCommand,
  type JobRunState,
} from '@aws-sdk/client-emr-serverless';
import type { Target } from './target';
import { isNotFound, ignoreNotFound } from './aws-errors';
import { waitUntilNone } from './waiting';

/** A job run that has not ended. */
export interface RunningJob {
  readonly applicationId: string;
  readonly id: string;
  readonly state: string;
}

const ACTIVE: JobRunState[] = ['SUBMITTED', 'PENDING', 'SCHEDULED', 'QUEUED', 'RUNNING', 'CANCELLING'];

/** EMR Serverless deletes an application in these states only. */
const AT_REST = ['CREATED', 'STOPPED', 'TERMINATED'];

export async function runningJobs(target: Target, applicationIds: readonly string[]): Promise<RunningJob[]> {
  const found = await Promise.all(applicationIds.map((id) => jobsOf(target, id)));
  return found.flat();
}

async function jobsOf(target: Target, applicationId: string): Promise<RunningJob[]> {
  const client = target.client(EMRServerlessClient);
  const found: RunningJob[] = [];
  try {
    for await (const page of paginateListJobRuns({ client }, { applicationId, states: ACTIVE })) {
      for (const { id, state } of page.jobRuns ?? []) {
        if (id !== undefined) found.push({ applicationId, id, state: state ?? 'unknown' });
      }
    }
  } catch (error) {
    if (!isNotFound(error, ['ResourceNotFoundException'])) throw error;
  }
  return found;
}

/** Cancels every job run of the applications and waits until they have ended. */
export async function cancelJobs(
  target: Target,
  applicationIds: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  const client = target.client(EMRServerlessClient);
  for (const { applicationId, id } of await runningJobs(target, applicationIds)) {
    // It may have ended meanwhile; the wait below decides.
    const call = client.send(new CancelJobRunCommand({ applicationId, jobRunId: id }));
    await ignoreNotFound(call, 'ValidationException', 'ResourceNotFoundException');
  }
  const remaining = async (): Promise<string[]> =>
    (await runningJobs(target, applicationIds)).map(({ id, state }) => `${id} (${state})`);
  await waitUntilNone(target, 'job runs', remaining, say);
}

/** State of an application; undefined when there is none. */
export async function applicationState(target: Target, applicationId: string): Promise<string | undefined> {
  const call = target.client(EMRServerlessClient).send(new GetApplicationCommand({ applicationId }));
  return (await ignoreNotFound(call, 'ResourceNotFoundException'))?.application?.state;
}

/** Stops an application and waits until it can be deleted. */
export async function stopApplication(
  target: Target,
  applicationId: string,
  say: (text: string) => void,
): Promise<void> {
  const atRest = (state: string | undefined): boolean => state === undefined || AT_REST.includes(state);
  const remaining = async (): Promise<string[]> => {
    const state = await applicationState(target, applicationId);
    if (state === 'STARTED') {
      const call = target.client(EMRServerlessClient).send(new StopApplicationCommand({ applicationId }));
      await ignoreNotFound(call, 'ResourceNotFoundException');
    }
    return atRest(state) ? [] : [`${applicationId} (${state ?? ''})`];
  };
  await waitUntilNone(target, 'EMR Serverless application', remaining, say);
}
