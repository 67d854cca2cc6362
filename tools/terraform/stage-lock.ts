import { existsSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../config/settings';
import { stateFolder } from '../../config/state-location';
import { TaskError } from '../cli/errors';
import { atExit } from '../cli/exit-actions';
import { ROOT } from '../cli/paths';
import { calledAs } from '../cli/task';
import { lockHolder, takeLock, type LockHolder } from '../setup/stamps.cjs';

/**
 * Locks the stage until this task ends, so that no other task of this checkout changes it after the plan is shown. The lock
 * is next to the state files; a state in a bucket also has Terraform's lock. TaskError with the process that holds the lock.
 */
export function lockStage({
  appPrefix,
  stage,
  region,
  target,
}: Pick<Settings, 'appPrefix' | 'stage' | 'region' | 'target'>): void {
  const file = join(stateFolder(ROOT, target), `${appPrefix}-${stage}-${region}.lock`);
  const holder = takeLock(file, calledAs());
  if (holder === undefined)
    atExit(() => {
      rmSync(file, { force: true });
    });
  else if (holder.pid !== process.pid || holder.host !== hostname())
    throw new TaskError(describeHolder(file, holder, `stage ${stage}`));
}

/** TaskError when a task uses the local AWS, which must be stopped. */
export function requireIdleLocalAws(): void {
  const folder = stateFolder(ROOT, 'local');
  const locks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.lock')) : [];
  for (const file of locks.map((name) => join(folder, name))) {
    const holder = lockHolder(file);
    if (holder !== undefined) throw new TaskError(describeHolder(file, holder, 'the local AWS'));
  }
}

function describeHolder(file: string, { task, pid, host, since }: LockHolder, what: string): string {
  const advice =
    host === hostname()
      ? `stop it with Ctrl-C or with: kill ${pid}`
      : `if it no longer runs on ${host}, remove its lock: rm '${file}'`;
  return (
    `${task} (process ${pid} on ${host}, since ${since}) has locked ${what}: only one task at a time can change it. ` +
    `Nothing was changed. Wait until it ends, or ${advice}`
  );
}
