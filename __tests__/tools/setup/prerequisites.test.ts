import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkPrerequisites,
  describeMissing,
  prerequisitesFingerprint,
} from '../../../tools/setup/prerequisites.cjs';
import { GOOD_TOOLS, installTools, temporaryFolder, type Tools } from '../../scripts/fake-tools';

const folder = temporaryFolder();

async function check(tools: Tools, env: NodeJS.ProcessEnv = {}) {
  const results = await checkPrerequisites({
    env: { PATH: installTools(folder, tools), ...env },
    platform: 'linux',
  });
  const failing = results.filter(({ ok }) => !ok);
  return { results, failing: failing.map(({ name }) => name), text: describeMissing(results) };
}

const without = (name: string): Tools =>
  Object.fromEntries(Object.entries(GOOD_TOOLS).filter(([key]) => key !== name));

it('is content with all five tools, and reports what it found', async () => {
  const { results, failing } = await check(GOOD_TOOLS);
  expect(failing).toEqual([]);
  expect(results.map(({ name, found }) => [name, found]).slice(1)).toEqual([
    ['Java', '17.0.9'],
    ['Maven', '3.9.6'],
    ['Python', '3.12.1'],
    ['Terraform', '1.9.8'],
  ]);
});

it.each([
  ['java', 'Java', 'openjdk-17'],
  ['mvn', 'Maven', 'apt-get install maven'],
  ['python3', 'Python', 'python3-venv'],
  ['terraform', 'Terraform', 'developer.hashicorp.com'],
])('says that %s is missing and how to get it', async (command, name, advice) => {
  const { failing, text } = await check(without(command));
  expect(failing).toEqual([name]);
  expect(text).toContain(`${name}: ${command}`);
  expect(text).toContain('is not on the PATH');
  expect(text).toContain(advice);
});

it('refuses a newer Java and says which one is needed', async () => {
  const { failing, text } = await check({ ...GOOD_TOOLS, java: `echo 'openjdk version "21.0.1"' >&2` });
  expect(failing).toEqual(['Java']);
  expect(text).toContain('found 21.0.1, needed 17');
  expect(text).toContain('JAVA_HOME');
});

it('prefers the Java of JAVA_HOME, as Maven and Spark do', async () => {
  const home = installTools(folder, {});
  const { failing, text } = await check(GOOD_TOOLS, { JAVA_HOME: home });
  expect(failing).toEqual(['Java']);
  expect(text).toContain(join(home, 'bin/java'));
});

it('is not misled by the options that Java repeats before its version', async () => {
  const java = `echo 'Picked up JAVA_TOOL_OPTIONS: -Dhttp.proxyHost=10.0.0.1' >&2; ${GOOD_TOOLS.java ?? ''}`;
  const { failing } = await check({ ...GOOD_TOOLS, java });
  expect(failing).toEqual([]);
});

it.each([
  ['Maven', { mvn: `echo 'Apache Maven 3.6.3'` }, 'found 3.6.3, needed 3.8'],
  ['Terraform', { terraform: `echo '{"terraform_version":"1.4.7"}'` }, 'found 1.4.7, needed 1.5'],
  ['Python', { python3: `echo 'Python 3.9.18'` }, 'found 3.9.18, needed 3.10'],
])('refuses an old %s', async (name, tool, reason) => {
  const { failing, text } = await check({ ...GOOD_TOOLS, ...tool });
  expect(failing).toEqual([name]);
  expect(text).toContain(reason);
});

it('shows what a Python without its venv module says', async () => {
  const python3 = `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`;
  const { failing, text } = await check({ ...GOOD_TOOLS, python3 });
  expect(failing).toEqual(['Python']);
  expect(text).toContain("No module named 'ensurepip'");
});

it('falls back to python when python3 is too old', async () => {
  const { results, failing } = await check({
    ...GOOD_TOOLS,
    python3: `echo 'Python 3.8.1'`,
    python: `echo 'Python 3.13.0'`,
  });
  expect(failing).toEqual([]);
  expect(results.find(({ name }) => name === 'Python')?.found).toBe('3.13.0');
});

it('does not take a folder or a file that is not executable for a tool', async () => {
  const path = installTools(folder, without('mvn'));
  mkdirSync(join(path, 'mvn'));
  const results = await checkPrerequisites({ env: { PATH: path }, platform: 'linux' });
  expect(results.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['Maven']);
});

it('counts an earlier check no longer once a tool appears', () => {
  const before = prerequisitesFingerprint({
    env: { PATH: installTools(folder, without('mvn')) },
    platform: 'linux',
  });
  const after = prerequisitesFingerprint({
    env: { PATH: installTools(folder, GOOD_TOOLS) },
    platform: 'linux',
  });
  expect(after).not.toBe(before);
});
