'use strict';
// Plain CommonJS without packages: bootstrap and doctor load it before `npm ci` has run.
const { createHash } = require('node:crypto');
const {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { dirname } = require('node:path');
const process = require('node:process');
const { setTimeout: sleep } = require('node:timers/promises');

const LOCK_POLL_MS = 200;

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
  let recorded;
  try {
    recorded = readFileSync(stamp, 'utf8').trim();
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
  return recorded === value && outputs.every((output) => existsSync(output));
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

/** Links a finished file into place, so that a lock is never seen without its holder's id. */
function tryLock(file) {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, String(process.pid));
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

/** The process that holds the lock; undefined when it is gone (the lock is then removed). */
function lockHolder(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(text);
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid)) return pid;
  rmSync(file, { force: true });
  return undefined;
}

/** Runs `work` while holding the lock file; waits for another live process, takes over from a dead one. */
async function withLock(file, work, onWait = () => {}) {
  mkdirSync(dirname(file), { recursive: true });
  let reported = false;
  while (!tryLock(file)) {
    const holder = lockHolder(file);
    if (holder === undefined) continue;
    if (!reported) onWait(holder);
    reported = true;
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

module.exports = { hashOf, writeWhole, isCurrent, stamped, withLock, isAlive };
