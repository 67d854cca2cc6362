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
 * Holds the lock of the stage until this task ends, from before it plans or lists anything, so that what it has shown is
 * what it changes. The lock lies with the state files; a state in a bucket, which other checkouts change too, has Terraform's
 * lock besides. TaskError that names the process which holds it.
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

/** TaskError when a task works on any stage of the local AWS, which is to be stopped. */
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
      ? `end it with Ctrl-C where it runs, or with: kill ${pid}`
      : `if it no longer runs there, which cannot be seen from ${hostname()}, remove its lock: rm '${file}'`;
  return (
    `${task} (process ${pid} on ${host}, since ${since}) works on ${what}, which one task at a time may change. Nothing was ` +
    `changed. Wait until it has ended, or ${advice}`
  );
}
