// The report of `npm run doctor`. A finding is {group, name, state: ok | note | missing, detail, advice?}.
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { get } from 'node:https';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { visible } from '../cli/visible.cjs';
import { installationStates } from './installation.mjs';
import { checkPrerequisites } from './prerequisites.cjs';
import { findProviderMirror, REGISTRY } from './provider-mirror.cjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const GIB = 1024 ** 3;

/** node_modules 0.7, venv 1.1, provider 0.8, Maven's repository 0.3, and space for a run. */
const DISK_GIB = 4;
/** A Spark driver with executors in one JVM (1 GiB heap), the emulator, Terraform and its provider. */
const MEMORY_GIB = 3;
const REGISTRY_ANSWER_MS = 5_000;

const HELP = `npm run doctor [-- --json]

Checks the prerequisites of \`npm run local\` and \`npm test\` on this machine, and shows how to install missing ones.
  --json   print the result as JSON
The exit code is 1 when a prerequisite is missing.
`;

async function prerequisites() {
  const results = await checkPrerequisites();
  return results.map(({ name, ok, found, path, problem, needed, install }) => ({
    group: 'Prerequisites',
    name,
    ...(ok
      ? { state: 'ok', detail: `${found} (${path})` }
      : { state: 'missing', detail: problem, advice: `install ${needed}: ${install}` }),
  }));
}

function installations() {
  return installationStates().map(({ title, done }) => ({
    group: 'This checkout',
    name: title,
    state: done ? 'ok' : 'note',
    detail: done ? 'installed' : 'not installed; the next task installs it',
  }));
}

/** Why the Terraform registry is not available; undefined when it is. */
function registryProblem() {
  return new Promise((resolve) => {
    const request = get(`https://${REGISTRY}/.well-known/terraform.json`, { timeout: REGISTRY_ANSWER_MS });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : `status code ${response.statusCode}`);
    });
    request.on('timeout', () =>
      request.destroy(new Error(`no response within ${REGISTRY_ANSWER_MS / 1000} s`)),
    );
    request.on('error', (error) => resolve(error.message));
  });
}

async function provider() {
  const name = { group: 'This machine', name: 'Terraform provider' };
  try {
    const mirror = findProviderMirror();
    if (mirror !== undefined) return { ...name, state: 'ok', detail: `mirror ${mirror}` };
  } catch (error) {
    return { ...name, state: 'missing', detail: error.message };
  }
  const problem = await registryProblem();
  if (problem === undefined) return { ...name, state: 'ok', detail: `${REGISTRY} is available` };
  const advice =
    'connect to the internet, set HTTPS_PROXY for Terraform, or set CLICKLOGGER_PROVIDER_MIRROR to a folder ' +
    'that `terraform providers mirror` has created';
  return { ...name, state: 'missing', detail: `no mirror was found, and ${REGISTRY}: ${problem}`, advice };
}

const capacity = (name, bytes, neededGib, detail) => ({
  group: 'This machine',
  name,
  detail: `${(bytes / GIB).toFixed(1)} GiB ${detail}`,
  ...(bytes / GIB >= neededGib
    ? { state: 'ok' }
    : { state: 'note', advice: `the first run requires about ${neededGib} GiB` }),
});

async function disk() {
  const { bavail, bsize } = await statfs(ROOT);
  return capacity('Disk', bavail * bsize, DISK_GIB, 'free');
}

function memory() {
  // freemem() does not include the file cache of Linux; /proc/meminfo does.
  const available =
    process.platform === 'linux' && /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return capacity('Memory', available ? Number(available[1]) * 1024 : freemem(), MEMORY_GIB, 'available');
}

async function diagnose() {
  const [tools, ...others] = await Promise.all([prerequisites(), provider(), disk(), memory()]);
  return [...tools, ...installations(), ...others];
}

const MARKS = { ok: '✔', note: '•', missing: '✖' };

function render(findings) {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = [];
  let group;
  for (const item of findings) {
    if (item.group !== group) lines.push(...(group === undefined ? [] : ['']), item.group);
    group = item.group;
    lines.push(`  ${MARKS[item.state]} ${item.name.padEnd(width)}  ${item.detail}`);
    if (item.advice !== undefined) lines.push(`    ${' '.repeat(width)}  → ${item.advice}`);
  }
  return lines.join('\n');
}

export async function doctor(args) {
  const unknown = args.find((arg) => !['--json', '--help', '-h'].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(visible(`doctor: unknown argument "${unknown}"\n\n${HELP}`));
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const findings = await diagnose();
  const missing = findings.filter(({ state }) => state === 'missing').length;
  const summary = missing === 0 ? 'All prerequisites are met.' : `Missing prerequisites: ${missing}.`;
  const text = args.includes('--json')
    ? JSON.stringify({ ok: missing === 0, findings }, null, 2)
    : `${render(findings)}\n\n${summary}`;
  process.stdout.write(`${visible(text)}\n`);
  return missing === 0 ? 0 : 1;
}
