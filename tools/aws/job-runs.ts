import {
  EMRServerless,
  type JobRunState,
  type JobRunSummary,
  paginateListApplications,
  paginateListJobRuns,
} from '@aws-sdk/client-emr-serverless';
import { ignoreNotFound, isNotFound } from './aws-errors';
import type { Target } from './target';
import { waitUntilNone } from './waiting';

const ACTIVE: JobRunState[] = ['SUBMITTED', 'PENDING', 'SCHEDULED', 'QUEUED', 'RUNNING', 'CANCELLING'];

/** The states in which EMR Serverless allows updates and deletion. */
const AT_REST = ['CREATED', 'STOPPED', 'TERMINATED'];

/** IDs of the stage's EMR Serverless applications. Their names are not unique. */
export async function applicationIds({ names, client }: Pick<Target, 'names' | 'client'>): Promise<string[]> {
  const own = names.emrApplication();
  const found: string[] = [];
  for await (const page of paginateListApplications({ client: client(EMRServerless) }, {})) {
    for (const { id, name, state } of page.applications ?? [])
      if (id !== undefined && name === own && state !== 'TERMINATED') found.push(id);
  }
  return found;
}

/** Job runs of an application; none when it does not exist. */
export async function listJobRuns(
  { client }: Pick<Target, 'client'>,
  applicationId: string,
  states?: JobRunState[],
): Promise<JobRunSummary[]> {
  const found: JobRunSummary[] = [];
  const pages = paginateListJobRuns({ client: client(EMRServerless) }, { applicationId, states });
  try {
    for await (const { jobRuns = [] } of pages) found.push(...jobRuns);
  } catch (error) {
    if (!isNotFound(error, ['ResourceNotFoundException'])) throw error;
  }
  return found;
}

export interface RunningJob {
  readonly applicationId: string;
  readonly id: string;
  readonly state: string;
}

export async function runningJobs(target: Target, ids: readonly string[]): Promise<RunningJob[]> {
  const found = await Promise.all(
    ids.map(async (applicationId) =>
      (await listJobRuns(target, applicationId, ACTIVE)).map(({ id, state }) => ({
        applicationId,
        id: id ?? 'unknown',
        state: state ?? 'unknown',
      })),
    ),
  );
  return found.flat();
}

/** Cancels all job runs of the applications and waits for their end. */
export async function cancelJobs(
  target: Target,
  ids: readonly string[],
  update: (text: string) => void,
): Promise<void> {
  const client = target.client(EMRServerless);
  for (const { applicationId, id } of await runningJobs(target, ids)) {
    // The job run may have ended since it was listed.
    const call = client.cancelJobRun({ applicationId, jobRunId: id });
    await ignoreNotFound(call, 'ValidationException', 'ResourceNotFoundException');
  }
  const remaining = async (): Promise<string[]> =>
    (await runningJobs(target, ids)).map(({ id, state }) => `${id} (${state})`);
  await waitUntilNone(target, 'job runs', remaining, update);
}

export async function applicationState(target: Target, applicationId: string): Promise<string | undefined> {
  const call = target.client(EMRServerless).getApplication({ applicationId });
  return (await ignoreNotFound(call, 'ResourceNotFoundException'))?.application?.state;
}

/** Whether an application in this state, or without a state, can be updated or deleted. */
export function isAtRest(state: string | undefined): boolean {
  return state === undefined || AT_REST.includes(state);
}

/** Stops an application and waits until it can be updated or deleted. */
export async function stopApplication(
  target: Target,
  applicationId: string,
  update: (text: string) => void,
): Promise<void> {
  const remaining = async (): Promise<string[]> => {
    const state = await applicationState(target, applicationId);
    if (state === 'STARTED') {
      const call = target.client(EMRServerless).stopApplication({ applicationId });
      await ignoreNotFound(call, 'ResourceNotFoundException');
    }
    return isAtRest(state) ? [] : [`${applicationId} (${state ?? ''})`];
  };
  await waitUntilNone(target, 'EMR Serverless application', remaining, update);
}
