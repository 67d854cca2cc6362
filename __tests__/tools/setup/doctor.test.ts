import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GOOD_TOOLS, installTools } from '../../support/fake-tools';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const script = resolve(__dirname, '../../../scripts/doctor.mjs');

function doctor(args: string[], path: string) {
  const mirror = join(folder, 'mirror');
  mkdirSync(join(mirror, 'registry.terraform.io/hashicorp/aws'), { recursive: true });
  const env = { PATH: path, HOME: folder, CLICKLOGGER_PROVIDER_MIRROR: mirror };
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env });
}

test('The exit code of npm run doctor is 0 when all prerequisites are met.', () => {
  const { status, stdout } = doctor([], installTools(GOOD_TOOLS));
  expect(stdout).toContain('All prerequisites are met.');
  expect(stdout).toMatch(/✔ Terraform +1\.9\.8/);
  expect(status).toBe(0);
});

test('The exit code of npm run doctor is 1 when a tool is missing, and the output shows how to install it.', () => {
  const tools = Object.fromEntries(Object.entries(GOOD_TOOLS).filter(([name]) => name !== 'mvn'));
  const { status, stdout } = doctor([], installTools(tools));
  expect(stdout).toMatch(/✖ Maven +mvn was not found in PATH/);
  expect(stdout).toMatch(/→ install 3\.8 or newer: \S+/);
  expect(stdout).toContain('Missing prerequisites: 1.');
  expect(status).toBe(1);
});

test('npm run doctor prints its findings as JSON.', () => {
  const { status, stdout } = doctor(['--json'], installTools({ ...GOOD_TOOLS, java: 'exit 1' }));
  const parsed = JSON.parse(stdout) as { ok: boolean; findings: { name: string; state: string }[] };
  expect(parsed.ok).toBe(false);
  expect(parsed.findings.filter(({ state }) => state === 'missing').map(({ name }) => name)).toEqual([
    'Java',
  ]);
  expect(status).toBe(1);
});

test('npm run doctor rejects an unknown argument.', () => {
  const { status, stderr } = doctor(['--jsn'], installTools(GOOD_TOOLS));
  expect(stderr).toContain('unknown argument "--jsn"');
  expect(status).toBe(2);
});
