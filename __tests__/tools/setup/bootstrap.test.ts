import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NEEDED, NOT_NEEDED } from '../../../tools/setup/install-scripts.cjs';
import { GOOD_TOOLS, installTools } from '../../support/fake-tools';
import { temporaryFolder } from '../../support/temporary-folder';

const scripts = resolve(__dirname, '../../../scripts');

/** Logs its calls to calls.log, and creates the files of the real program. */
const PYTHON = `
case "$1 $2" in
  "-c "*) echo 'Python 3.12.1' ;;
  "-m venv") echo venv >> calls.log; mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; echo 'version = 3.12.1' > "$4/pyvenv.cfg" ;;
  "-m pip") [ "$3" = install ] && echo pip >> calls.log || true ;;
  "-m emulator"*) echo archive >> calls.log; [ ! -e refuse-archive ] ;;
esac`;
const MAVEN = `
if [ "$1" = -version ]; then echo 'Apache Maven 3.9.6'; exit; fi
case "$*" in
  *dependency:copy-dependencies) echo connector >> calls.log; mkdir -p emulator/s3a-jars/target/jars ;;
  *package) echo scala >> calls.log; [ ! -e refuse-scala ] ;;
esac`;
const NPM = `
if [ "$1" = rebuild ]; then echo "scripts of $3" >> calls.log; [ ! -e refuse-scripts ]; exit; fi
[ -e refuse-npm ] && { echo 'npm error network unreachable' >&2; exit 1; }
echo npm >> calls.log; mkdir -p node_modules; echo '{"packages":{}}' > node_modules/.package-lock.json`;

const SCRIPTS = 'scripts of @cdktf/node-pty-prebuilt-multiarch';
const EVERYTHING = ['archive', 'connector', 'npm', 'pip', 'scala', SCRIPTS, 'venv'];

function makeCheckout() {
  const root = temporaryFolder();
  mkdirSync(join(root, 'scripts'));
  cpSync(join(scripts, 'bootstrap.mjs'), join(root, 'scripts/bootstrap.mjs'));
  for (const part of ['tools/setup', 'tools/cli/visible.cjs'])
    cpSync(join(scripts, '..', part), join(root, part), { recursive: true });
  mkdirSync(join(root, 'emulator/s3a-jars'), { recursive: true });
  writeFileSync(join(root, 'emulator/s3a-jars/pom.xml'), '<project/>');
  mkdirSync(join(root, 'spark-jobs/loggregator'), { recursive: true });
  writeFileSync(join(root, 'spark-jobs/loggregator/pom.xml'), '<project/>');
  writeFileSync(join(root, 'package-lock.json'), '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
  writeFileSync(join(root, 'requirements.txt'), 'ministack==1.0');
  mkdirSync(join(root, '.mvn/checksums'), { recursive: true });
  writeFileSync(join(root, '.mvn/checksums/checksums.sha256'), '');
  const tools = installTools({ ...GOOD_TOOLS, python3: PYTHON, mvn: MAVEN, npm: NPM });
  const env = { PATH: `${tools}:/usr/bin:/bin` };
  const script = join(root, 'scripts/bootstrap.mjs');
  return {
    root,
    at: (name: string) => join(root, name),
    run: () => spawnSync(process.execPath, [script], { cwd: root, env, encoding: 'utf8' }),
    start: () => spawn(process.execPath, [script], { cwd: root, env, stdio: 'ignore' }),
    calls: () => {
      const log = join(root, 'calls.log');
      return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').sort() : [];
    },
  };
}

/** A checkout in which bootstrap has run. */
function installedCheckout() {
  const checkout = makeCheckout();
  checkout.run();
  rmSync(checkout.at('calls.log'));
  return checkout;
}

test('Bootstrap installs all dependencies in a new checkout and reports it.', () => {
  const checkout = makeCheckout();
  const { status, stderr } = checkout.run();
  expect(stderr).toMatch(/Node packages: installing[\s\S]*Node packages: installed in \d+ s/);
  expect(status).toBe(0);
  expect(checkout.calls()).toEqual(EVERYTHING);
});

test('Bootstrap does nothing and prints nothing when all dependencies are installed.', () => {
  const checkout = installedCheckout();
  const { status, stderr } = checkout.run();
  expect({ status, stderr, calls: checkout.calls() }).toEqual({ status: 0, stderr: '', calls: [] });
});

test.each([
  [
    'the lock file of npm',
    'package-lock.json',
    '{"packages":{"node_modules/a":{"version":"2.0.0"}}}',
    ['npm', SCRIPTS],
  ],
  ['the requirements', 'requirements.txt', 'ministack==2.0', ['archive', 'pip']],
  ['the list of jars', 'emulator/s3a-jars/pom.xml', '<project>2</project>', ['archive', 'connector']],
  ['the project of the Scala job', 'spark-jobs/loggregator/pom.xml', '<project>2</project>', ['scala']],
])('After a change of %s, bootstrap installs only the dependent parts.', (_, file, content, calls) => {
  const checkout = installedCheckout();
  writeFileSync(checkout.at(file), content);
  checkout.run();
  expect(checkout.calls()).toEqual(calls);
});

test.each([
  ['accepts manually installed packages', '1.0.0', []],
  ['replaces packages of another version', '1.0.1', ['npm']],
])('Bootstrap %s.', (_, version, calls) => {
  const checkout = installedCheckout();
  rmSync(checkout.at('.local/stamps/node'));
  const installed = { packages: { 'node_modules/a': { version } } };
  writeFileSync(checkout.at('node_modules/.package-lock.json'), JSON.stringify(installed));
  checkout.run();
  expect(checkout.calls()).toEqual(calls);
});

test.each([
  ['.venv', ['pip', 'venv']],
  ['emulator/s3a-jars/target/jars', ['connector']],
])('Bootstrap installs %s again when it was removed.', (removed, calls) => {
  const checkout = installedCheckout();
  rmSync(checkout.at(removed), { recursive: true });
  checkout.run();
  expect(checkout.calls()).toEqual(calls);
});

test('Bootstrap fails with the output of the installer, and repeats the installation next time.', () => {
  const checkout = makeCheckout();
  writeFileSync(checkout.at('refuse-npm'), '');
  const failed = checkout.run();
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('npm error network unreachable');
  rmSync(checkout.at('refuse-npm'));
  expect(checkout.run().status).toBe(0);
  expect(checkout.calls()).toEqual(EVERYTHING);
});

test.each([
  ['the archive of Spark’s classes', 'refuse-archive', 'the archive could not be created'],
  ['an install script', 'refuse-scripts', 'The cdktf command does not start without it'],
  ['the build of the Scala job', 'refuse-scala', ''],
])('Bootstrap continues after a failure of %s, and tries once.', (_, refusal, message) => {
  const checkout = makeCheckout();
  writeFileSync(checkout.at(refusal), '');
  const { status, stderr } = checkout.run();
  expect(status).toBe(0);
  expect(stderr).toContain(message);
  expect(checkout.run().stderr).toBe('');
});

test('Install scripts are disabled, and all packages with install scripts are listed.', () => {
  expect(readFileSync(join(scripts, '../.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  const lock = JSON.parse(readFileSync(join(scripts, '../package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const withScript = Object.entries(lock.packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? [path.replace(/.*node_modules\//, '')] : [],
  );
  expect(withScript.sort()).toEqual([...NEEDED, ...NOT_NEEDED].sort());
});

test('Bootstrap does not install when a tool is missing.', () => {
  const checkout = makeCheckout();
  const tools = installTools(
    Object.fromEntries(Object.entries(GOOD_TOOLS).filter(([name]) => name !== 'terraform')),
  );
  const { status, stderr } = spawnSync(process.execPath, [checkout.at('scripts/bootstrap.mjs')], {
    cwd: checkout.root,
    env: { PATH: tools },
    encoding: 'utf8',
  });
  expect(stderr).toContain('Terraform: terraform was not found in PATH');
  expect(status).toBe(1);
  expect(existsSync(checkout.at('node_modules'))).toBe(false);
});

test('Bootstrap installs once when two tasks start at the same time.', async () => {
  const checkout = makeCheckout();
  const ended = [checkout.start(), checkout.start()].map(
    (child) => new Promise((done) => child.on('close', done)),
  );
  expect(await Promise.all(ended)).toEqual([0, 0]);
  expect(checkout.calls()).toEqual(EVERYTHING);
});
