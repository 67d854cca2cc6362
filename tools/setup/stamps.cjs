'use strict';
// Plain CommonJS without packages: bootstrap and doctor load it before `npm ci` has run.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { hostname } = require('node:os');
const { dirname } = require('node:path');
const process = require('node:process');
const { setTimeout: sleep } = require('node:timers/promises');

const LOCK_POLL_MS = 200;
/** A process is in the midst of a takeover for far less than a millisecond, unless it was killed there. */
const MAX_TAKEOVER_MS = 10_000;

/** SHA-256, in hex, of the files' contents and of `facts` (versions, platform: whatever else the result depends on). */
function hashOf(files, facts = []) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  for (const fact of facts) hash.update(fact).update('\0');
  return hash.digest('hex');
}

/** Writes a file whole or not at all: a reader never sees half of it. */
function writeWhole(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/** True when `stamp` records `value` and everything it vouches for is still there. */
function isCurrent(stamp, value, outputs) {
  return readIfThere(stamp)?.trim() === value && outputs.every((output) => existsSync(output));
}

/**
 * Runs `work` under `stamp`: the stamp goes first and comes back only when the work is done,
 * so that work that was interrupted is done again. `value` is asked when the work is done.
 */
async function stamped(stamp, value, work) {
  rmSync(stamp, { force: true });
  await work();
  writeWhole(stamp, `${value()}\n`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** When the process began, or that it has ended and only its parent has not noticed yet; undefined when nobody says. */
function startOf(pid) {
  if (existsSync('/proc/self/stat')) {
    const [state, ...fields] = (readIfThere(`/proc/${pid}/stat`) ?? '').split(') ').at(-1).split(' ');
    if (fields.length === 0) return undefined;
    // Field 22 of proc(5), in ticks since the machine has started; its processes share the id of that start.
    return state === 'Z'
      ? 'ended'
      : `${fields[18]} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  }
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).stdout || undefined;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Links a finished file into place, so that it is never seen half-written. */
function tryLink(file, content) {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whether the process still runs. Of one on another machine nothing is known, so that it counts as running. */
function isHolding({ pid, host, start }) {
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  // After a crash the id may belong to another process.
  const found = startOf(pid);
  return start === undefined || found === undefined || found === start;
}

/** Removes the lock of a process that has died, unless another process has taken it over meanwhile. */
function removeDead(file, text) {
  const takeover = `${file}.takeover`;
  if (!tryLink(takeover, '')) {
    if (Date.now() - (statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > MAX_TAKEOVER_MS)
      rmSync(takeover, { force: true });
    return;
  }
  if (readIfThere(file) === text) rmSync(file, { force: true });
  rmSync(takeover, { force: true });
}

/** The process that holds the lock; undefined when none does. */
function lockHolder(file) {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  let holder;
  try {
    holder = JSON.parse(text);
  } catch {
    // Cut off when the machine stopped.
  }
  if (typeof holder?.pid === 'number' && isHolding(holder)) return holder;
  removeDead(file, text);
  return undefined;
}

/** Takes the lock file; returns the process that holds it when that is alive. */
function takeLock(file, task) {
  mkdirSync(dirname(file), { recursive: true });
  const { pid } = process;
  const own = { pid, host: hostname(), task, since: new Date().toISOString(), start: startOf(pid) };
  while (!tryLink(file, JSON.stringify(own))) {
    const holder = lockHolder(file);
    if (holder !== undefined) return holder;
  }
  return undefined;
}

/** Runs `work` while holding the lock file; waits for another live process, takes over from a dead one. */
async function withLock(file, work, onWait = () => {}) {
  let reported = false;
  for (let holder = takeLock(file); holder !== undefined; holder = takeLock(file)) {
    if (!reported) onWait(holder.pid);
    reported = true;
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

module.exports = { hashOf, writeWhole, isCurrent, stamped, lockHolder, takeLock, withLock, isAlive };
