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

test('npm run doctor ends with 0 when nothing required is missing.', () => {
  const { status, stdout } = doctor([], installTools(GOOD_TOOLS));
  expect(stdout).toContain('Nothing required is missing.');
  expect(stdout).toMatch(/✔ Terraform +1\.9\.8/);
  expect(status).toBe(0);
});

test('npm run doctor ends with 1 and shows how to get the tool that is missing.', () => {
  const tools = Object.fromEntries(Object.entries(GOOD_TOOLS).filter(([name]) => name !== 'mvn'));
  const { status, stdout } = doctor([], installTools(tools));
  expect(stdout).toMatch(/✖ Maven +mvn is not on the PATH/);
  expect(stdout).toMatch(/→ needed 3\.8 or newer: \S+/);
  expect(stdout).toContain('1 required thing is missing.');
  expect(status).toBe(1);
});

test('npm run doctor reports the same as JSON.', () => {
  const { status, stdout } = doctor(['--json'], installTools({ ...GOOD_TOOLS, java: 'exit 1' }));
  const parsed = JSON.parse(stdout) as { ok: boolean; findings: { name: string; state: string }[] };
  expect(parsed.ok).toBe(false);
  expect(parsed.findings.filter(({ state }) => state === 'missing').map(({ name }) => name)).toEqual([
    'Java',
  ]);
  expect(status).toBe(1);
});

test('npm run doctor refuses an unknown argument.', () => {
  const { status, stderr } = doctor(['--jsn'], installTools(GOOD_TOOLS));
  expect(stderr).toContain('unknown argument "--jsn"');
  expect(status).toBe(2);
});
