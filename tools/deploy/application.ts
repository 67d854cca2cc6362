import { applicationState, isAtRest, runningJobs, stopApplication } from '../aws/job-runs';
import { TaskError } from '../cli/errors';
import type { Progress } from '../cli/progress';
import type { Target } from '../aws/target';
import type { Change } from './plan-summary';

/**
 * IDs of the EMR Serverless applications to stop before the changes are applied: AWS updates and deletes only stopped ones.
 *
 * @throws TaskError when one of them has active job runs
 */
export async function applicationsToStop(target: Target, changes: readonly Change[]): Promise<string[]> {
  const ids = changes
    .filter(
      ({ type, kind }) =>
        type === 'aws_emrserverless_application' && ['update', 'replace', 'delete'].includes(kind),
    )
    .flatMap(({ before }) => (typeof before?.id === 'string' ? [before.id] : []));
  const states = await Promise.all(ids.map((id) => applicationState(target, id)));
  const started = ids.filter((_, index) => !isAtRest(states[index]));
  const jobs = await runningJobs(target, started);
  const [job] = jobs;
  if (job === undefined) return started;
  const list = jobs.map(
    ({ applicationId, id, state }) => `  ${id} of application ${applicationId} (${state})`,
  );
  throw new TaskError(
    `The plan changes an EMR Serverless application, which must be stopped first, but job runs are active:\n` +
      `${list.join('\n')}\nNothing was changed. Wait for their end and run the command again, or cancel them: ` +
      `aws emr-serverless cancel-job-run --application-id ${job.applicationId} --job-run-id ${job.id}`,
  );
}

/** Stops the applications and waits until they can be updated; the next job run starts them again. */
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
