import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkPrerequisites,
  describeMissing,
  prerequisitesFingerprint,
} from '../../../tools/setup/prerequisites.cjs';
import { GOOD_TOOLS, installTools, type Tools } from '../../support/fake-tools';

async function check(tools: Tools, env: NodeJS.ProcessEnv = {}) {
  const results = await checkPrerequisites({ env: { PATH: installTools(tools), ...env }, platform: 'linux' });
  const failing = results.filter(({ ok }) => !ok);
  return { results, failing: failing.map(({ name }) => name), text: describeMissing(results) };
}

const without = (name: string): Tools =>
  Object.fromEntries(Object.entries(GOOD_TOOLS).filter(([key]) => key !== name));

test('The check accepts all five tools and returns their versions.', async () => {
  const { results, failing } = await check(GOOD_TOOLS);
  expect(failing).toEqual([]);
  expect(results.map(({ name, found }) => [name, found]).slice(1)).toEqual([
    ['Java', '17.0.9'],
    ['Maven', '3.9.6'],
    ['Python', '3.12.1'],
    ['Terraform', '1.9.8'],
  ]);
});

test.each([
  ['java', 'Java', 'openjdk-17'],
  ['mvn', 'Maven', 'apt-get install maven'],
  ['python3', 'Python', 'python3-venv'],
  ['terraform', 'Terraform', 'developer.hashicorp.com'],
])('The check reports that %s is missing and how to install it.', async (command, name, advice) => {
  const { failing, text } = await check(without(command));
  expect(failing).toEqual([name]);
  expect(text).toContain(`${name}: ${command}`);
  expect(text).toContain('was not found in PATH');
  expect(text).toContain(advice);
});

test('The check uses the Java of JAVA_HOME, like Maven and Spark.', async () => {
  const home = installTools({});
  const { failing, text } = await check(GOOD_TOOLS, { JAVA_HOME: home });
  expect(failing).toEqual(['Java']);
  expect(text).toContain(join(home, 'bin/java'));
});

const OPTIONS = 'JAVA_TOOL_OPTIONS: -Dhttp.proxyHost=10.0.0.1';
const NO_VENV = "ModuleNotFoundError: No module named 'ensurepip'";

test.each([
  ['Java', { java: `echo 'openjdk version "17" 2021-09-14' >&2` }],
  ['Maven', { mvn: `printf '\\033[1mApache Maven 3.10.0\\033[m'` }],
  ['Java after JAVA_TOOL_OPTIONS', { java: `echo 'Picked up ${OPTIONS}' >&2; ${GOOD_TOOLS.java}` }],
])('The check accepts the version of %s in another format.', async (_, tool) => {
  expect((await check({ ...GOOD_TOOLS, ...tool })).failing).toEqual([]);
});

test.each<[string, Tools, string | RegExp]>([
  ['Maven', { mvn: `echo 'Apache Maven 3.6.3'` }, 'found 3.6.3, required 3.8'],
  ['Terraform', { terraform: `echo '{"terraform_version":"1.4.7"}'` }, 'found 1.4.7, required 1.5'],
  ['Python', { python3: `echo 'Python 3.9.18'` }, 'found 3.9.18, required 3.10'],
  ['Java', { java: `echo 'java version "1.8.0_292"' >&2` }, 'found 1.8.0, required 17'],
  ['Java', { java: `echo 'openjdk version "21.0.1"' >&2` }, /found 21.0.1, required 17[^]*JAVA_HOME/],
  ['Maven', { mvn: 'echo unknown' }, 'Maven: prints no version: unknown'],
  ['Python', { python3: `echo "${NO_VENV}" >&2; exit 1` }, NO_VENV],
])('The check rejects an unsupported or broken %s: %j', async (name, tool, reason) => {
  const { failing, text } = await check({ ...GOOD_TOOLS, ...tool });
  expect(failing).toEqual([name]);
  expect(text).toMatch(reason);
});

test('The check uses python when python3 is too old.', async () => {
  const { results, failing } = await check({
    ...GOOD_TOOLS,
    python3: `echo 'Python 3.8.1'`,
    python: `echo 'Python 3.13.0'`,
  });
  expect(failing).toEqual([]);
  expect(results.find(({ name }) => name === 'Python')?.found).toBe('3.13.0');
});

test('The check ignores a folder and a file that is not executable.', async () => {
  const path = installTools(without('mvn'));
  mkdirSync(join(path, 'mvn'));
  const results = await checkPrerequisites({ env: { PATH: path }, platform: 'linux' });
  expect(results.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['Maven']);
});

test('The fingerprint changes when a tool is installed.', () => {
  const before = prerequisitesFingerprint({ env: { PATH: installTools(without('mvn')) }, platform: 'linux' });
  const after = prerequisitesFingerprint({ env: { PATH: installTools(GOOD_TOOLS) }, platform: 'linux' });
  expect(after).not.toBe(before);
});
