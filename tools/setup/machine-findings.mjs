// What `npm run doctor` finds out about the machine itself.
import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { get } from 'node:https';
import { freemem, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findProviderMirror, REGISTRY } from './provider-mirror.cjs';
import { isAlive } from './stamps.cjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const GIB = 1024 ** 3;

/** node_modules 0.7, venv 1.1, provider 0.8, Maven's repository 0.3, and room for a run. */
const DISK_NEEDED_GIB = 4;
/** One Spark driver with its executors in one JVM (1 GiB heap), the emulator, Terraform and its provider. */
const MEMORY_NEEDED_GIB = 3;
const REGISTRY_ANSWER_MS = 5_000;

const finding = (group, name, state, detail, advice) => ({
  ...{ group, name, state, detail },
  ...(advice && { advice }),
});

function registryAnswers() {
  return new Promise((resolve) => {
    const request = get(`https://${REGISTRY}/.well-known/terraform.json`, { timeout: REGISTRY_ANSWER_MS });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : `answered ${response.statusCode}`);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${REGISTRY_ANSWER_MS / 1000} s`)));
    request.on('error', (error) => resolve(error.message));
  });
}

/** Where Terraform gets the AWS provider from. */
export async function provider() {
  const group = 'This machine';
  const name = 'Terraform provider';
  try {
    const mirror = findProviderMirror();
    if (mirror !== undefined) return finding(group, name, 'ok', `mirror ${mirror}`);
  } catch (error) {
    return finding(group, name, 'missing', error.message);
  }
  const problem = await registryAnswers();
  if (problem === undefined) return finding(group, name, 'ok', `${REGISTRY} answers`);
  const advice =
    'go online once, or set HTTPS_PROXY for Terraform, or point CLICKLOGGER_PROVIDER_MIRROR at a folder ' +
    'filled by `terraform providers mirror`';
  return finding(group, name, 'missing', `no mirror found, and ${REGISTRY}: ${problem}`, advice);
}

/** Room on the disk of this checkout. */
export async function disk() {
  const { bavail, bsize } = await statfs(ROOT);
  const free = (bavail * bsize) / GIB;
  const detail = `${free.toFixed(1)} GiB free`;
  if (free >= DISK_NEEDED_GIB) return finding('This machine', 'Disk', 'ok', detail);
  return finding('This machine', 'Disk', 'note', detail, `a first run takes about ${DISK_NEEDED_GIB} GiB`);
}

/** Linux counts its file cache as used; what can be had is in /proc/meminfo. */
function availableMemory() {
  if (process.platform !== 'linux') return freemem();
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return match === null ? freemem() : Number(match[1]) * 1024;
}

/** Memory for Spark and Terraform. */
export function memory() {
  const free = availableMemory() / GIB;
  const detail = `${free.toFixed(1)} GiB available`;
  // macOS reports as free only what no cache uses, so that a low figure there says little.
  if (free >= MEMORY_NEEDED_GIB || process.platform === 'darwin')
    return finding('This machine', 'Memory', 'ok', detail);
  return finding(
    'This machine',
    'Memory',
    'note',
    detail,
    `Spark and Terraform together use up to ${MEMORY_NEEDED_GIB} GiB`,
  );
}

/** Whether the local AWS runs, and where. */
export function localAws() {
  const group = 'AWS';
  const file = join(ROOT, '.local/emulator/instance.json');
  if (!existsSync(file)) return finding(group, 'Local AWS', 'ok', 'not running (npm run local starts it)');
  const { pid, endpoint } = JSON.parse(readFileSync(file, 'utf8'));
  return isAlive(pid)
    ? finding(group, 'Local AWS', 'ok', `running at ${endpoint} (process ${pid})`)
    : finding(group, 'Local AWS', 'ok', 'not running (npm run local starts it)');
}

/** Where credentials of a real account would come from; they are not tried. */
export function credentials() {
  const env = process.env;
  const file = env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws/credentials');
  const source = [
    [env.AWS_ACCESS_KEY_ID, 'AWS_ACCESS_KEY_ID'],
    [env.AWS_PROFILE, `AWS_PROFILE=${env.AWS_PROFILE}`],
    [existsSync(file), file],
  ].find(([present]) => present);
  const detail = source === undefined ? 'none; needed only for a real AWS account' : `from ${source[1]}`;
  return finding('AWS', 'Credentials', source === undefined ? 'note' : 'ok', detail);
}
