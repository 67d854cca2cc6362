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
/** A takeover takes less than a millisecond, unless its process was killed. */
const MAX_TAKEOVER_MS = 10_000;

/** SHA-256 in hexadecimal of the contents of the files and of `facts`, such as versions and the platform. */
function hashOf(files, facts = []) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  for (const fact of facts) hash.update(fact).update('\0');
  return hash.digest('hex');
}

/** Writes a file atomically. */
function writeWhole(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/** True when `stamp` contains `value` and the outputs exist. */
function isCurrent(stamp, value, outputs) {
  return readIfThere(stamp)?.trim() === value && outputs.every((output) => existsSync(output));
}

/**
 * Runs `work` and then writes `stamp` with `value`. The stamp is deleted first, so that interrupted work is repeated.
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

/** The start time of a process, or 'ended' for a zombie process; undefined when it is unknown. */
function startOf(pid) {
  if (existsSync('/proc/self/stat')) {
    const [state, ...fields] = (readIfThere(`/proc/${pid}/stat`) ?? '').split(') ').at(-1).split(' ');
    if (fields.length === 0) return undefined;
    // Field 22 of proc(5) counts ticks since the boot of the machine.
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

/** Creates a file atomically; false when it exists. */
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

/** Whether the process is running. A process on another machine counts as running. */
function isHolding({ pid, host, start }) {
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  // After a crash the ID can belong to another process.
  const found = startOf(pid);
  return start === undefined || found === undefined || found === start;
}

/** Removes the lock of an ended process, unless another process has taken it over. */
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

/** The process that holds the lock; undefined when the lock is free. */
function lockHolder(file) {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  let holder;
  try {
    holder = JSON.parse(text);
  } catch {
    // The file was truncated by a crash.
  }
  if (typeof holder?.pid === 'number' && isHolding(holder)) return holder;
  removeDead(file, text);
  return undefined;
}

/** Takes the lock; returns its holder when it is not free. */
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

/** Runs `work` with the lock; waits until it is free. */
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
