import { applicationState, runningJobs, stopApplication } from '../aws/running-jobs';
import { TaskError } from '../cli/errors';
import type { Progress } from '../cli/progress';
import type { Target } from '../aws/target';
import type { Change } from './plan-summary';

/** EMR Serverless changes or deletes an application in these states only. */
const AT_REST = ['CREATED', 'STOPPED', 'TERMINATED'];

/** Ids of the EMR Serverless applications that the plan changes in place, replaces or destroys. */
export function changedApplications(changes: readonly Change[]): string[] {
  return changes
    .filter(
      ({ type, kind }) =>
        type === 'aws_emrserverless_application' && ['update', 'replace', 'delete'].includes(kind),
    )
    .flatMap(({ before }) => (typeof before?.id === 'string' ? [before.id] : []));
}

/**
 * Those of the applications that have to be stopped before the plan can be applied.
 *
 * @throws TaskError when job runs are active on one of them
 */
export async function applicationsToStop(target: Target, ids: readonly string[]): Promise<string[]> {
  const states = await Promise.all(ids.map((id) => applicationState(target, id)));
  const started = ids.filter((_, index) => !AT_REST.includes(states[index] ?? 'TERMINATED'));
  const jobs = await runningJobs(target, started);
  if (jobs.length === 0) return started;
  const list = jobs.map(
    ({ applicationId, id, state }) => `  ${id} of application ${applicationId} (${state})`,
  );
  const [{ applicationId, id }] = [jobs[0] ?? { applicationId: '', id: '' }];
  throw new TaskError(
    `The plan changes an EMR Serverless application, which takes that only while it is stopped, and job runs are active:\n` +
      `${list.join('\n')}\nNothing was changed. Wait until they have ended and run the command again, or end one: ` +
      `aws emr-serverless cancel-job-run --application-id ${applicationId} --job-run-id ${id}`,
  );
}

/** Stops the applications and waits until they can be changed; the next job run starts them again. */
export async function stopApplications(
  target: Target,
  ids: readonly string[],
  progress: Progress,
): Promise<void> {
  for (const id of ids) {
    const title = `Stop the EMR Serverless application ${id}`;
    await progress.step(title, ({ update }) => stopApplication(target, id, update));
  }
}

/**
 * Stops all the applications that have to be stopped before the changes can be applied; resolves with their ids.
 *
 * @throws TaskError before anything is stopped, when job runs are active on one of them
 */
export async function restApplications(
  target: Target,
  changes: readonly Change[],
  progress: Progress,
): Promise<string[]> {
  const ids = await applicationsToStop(target, changedApplications(changes));
  await stopApplications(target, ids, progress);
  return ids;
}
