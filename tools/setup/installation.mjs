// The work of scripts/bootstrap.mjs. It uses only modules of Node.js, because no packages are installed yet.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { visible } from '../cli/visible.cjs';
import { NEEDED } from './install-scripts.cjs';
import { MAVEN_ARGUMENTS, withMavenChecksums } from './maven.cjs';
import { InstallationError, runLogged } from './logged-process.mjs';
import { checkPrerequisites, describeMissing, prerequisitesFingerprint } from './prerequisites.cjs';
import { hashOf, isCurrent, stamped, withLock, writeWhole } from './stamps.cjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const windows = process.platform === 'win32';
const PLATFORM = `${process.platform}-${process.arch}`;

const at = (...parts) => join(ROOT, ...parts);
const stampOf = (name) => at('.local/stamps', name);
const CONNECTOR_POM = at('emulator/s3a-jars/pom.xml');
const SCALA_POM = at('spark-jobs/loggregator/pom.xml');
const venvPython = () => at(windows ? '.venv/Scripts/python.exe' : '.venv/bin/python');

/** The Python version in the venv's configuration, e.g. "3.11.7": starting Python would take 20 ms. */
function venvVersion() {
  const file = at('.venv/pyvenv.cfg');
  if (!existsSync(file)) return 'none';
  return /^version\s*=\s*(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 'unknown';
}

/**
 * The installations. They run concurrently, but after those in `after`. `value` is the content of a valid stamp, `outputs`
 * must exist, `adopt` accepts a manual installation.
 */
const INSTALLATIONS = [
  {
    name: 'node',
    title: 'Node packages',
    value: () => hashOf([at('package-lock.json')], [PLATFORM, `node ${process.versions.modules}`]),
    outputs: [at('node_modules/.package-lock.json')],
    adopt: matchesLockFile,
    work: (run) => run('npm ci', ...npm('ci', '--no-audit', '--no-fund')),
  },
  {
    name: 'npm-scripts',
    title: `Install script of ${NEEDED.join(', ')}`,
    after: ['node'],
    value: () => hashOf([at('package-lock.json')], [PLATFORM, `node ${process.versions.modules}`, ...NEEDED]),
    outputs: [],
    work: runInstallScripts,
  },
  {
    name: 'python',
    title: 'Python packages (Spark, the local AWS)',
    value: () => hashOf([at('requirements.txt')], [PLATFORM, venvVersion()]),
    outputs: [venvPython()],
    work: installPython,
  },
  {
    name: 's3a-jars',
    title: "Spark's S3 connector",
    value: () => hashOf([CONNECTOR_POM]),
    outputs: [at('emulator/s3a-jars/target/jars')],
    work: (run) =>
      withMavenChecksums(() =>
        run('mvn dependency:copy-dependencies', ...maven(CONNECTOR_POM, 'dependency:copy-dependencies')),
      ),
  },
  {
    name: 'scala',
    title: 'Maven packages of the Scala job',
    // Two Maven processes must not write to the local repository at the same time.
    after: ['s3a-jars'],
    value: () => hashOf([SCALA_POM]),
    outputs: [],
    work: buildScalaOnce,
  },
  {
    name: 'spark-classes',
    title: "Archive of Spark's classes for a faster start",
    after: ['python', 's3a-jars'],
    value: () => hashOf([at('requirements.txt'), CONNECTOR_POM], [prerequisitesFingerprint()]),
    outputs: [],
    work: archiveClasses,
  },
];

/**
 * True when npm's record of node_modules has exactly the packages of the lock file in the same versions. Optional packages
 * (binaries of other platforms) may be missing.
 */
function matchesLockFile() {
  const [locked, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map(
    (file) => JSON.parse(readFileSync(at(file), 'utf8')).packages ?? {},
  );
  const differs = Object.entries(locked).some(([path, wanted]) => {
    if (path === '' || wanted.link) return false;
    const found = installed[path];
    return found === undefined ? !wanted.optional && !wanted.devOptional : found.version !== wanted.version;
  });
  return !differs && Object.keys(installed).every((path) => path in locked);
}

/** The npm that has started this process, or the npm in PATH. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? [process.execPath, [script, ...args]]
    : [windows ? 'npm.cmd' : 'npm', args];
}

const maven = (pom, ...args) => [windows ? 'mvn.cmd' : 'mvn', [...MAVEN_ARGUMENTS, '--file', pom, ...args]];

async function installPython(run, prerequisites) {
  const python = prerequisites.find(({ name }) => name === 'Python').path;
  if (!(await works(run, 'pip --version', venvPython(), ['-m', 'pip', '--version']))) {
    await run('python -m venv', python, ['-m', 'venv', '--clear', at('.venv')]);
  }
  await run('pip install', venvPython(), [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar=off',
    '--require-hashes',
    '-r',
    at('requirements.txt'),
  ]);
}

/**
 * Only a build downloads all dependencies, because plugins request some of them at run time. It runs while pip installs. The
 * build step of the task reports failures.
 */
async function buildScalaOnce(run) {
  // The lock of tools/build/build.ts.
  await withLock(`${stampOf('loggregator')}.lock`, () =>
    withMavenChecksums(() => works(run, 'mvn package', ...maven(SCALA_POM, '-DskipTests', 'package'))),
  );
}

/** Only the cdktf command needs them: without network and compiler, only `npm run deploy` fails. */
async function runInstallScripts(run) {
  if (!(await works(run, 'npm rebuild', ...npm('rebuild', '--ignore-scripts=false', ...NEEDED)))) {
    process.stderr.write(
      'bootstrap: an install script failed (.local/logs/npm-scripts.log). The cdktf command does not start without it.\n',
    );
  }
}

/** Jobs also run without the archive, so a failure does not stop the installation. */
async function archiveClasses(run) {
  if (!(await works(run, 'archiving', venvPython(), ['-m', 'emulator.spark.class_archive']))) {
    process.stderr.write(
      'bootstrap: the archive could not be created (.local/logs/spark-classes.log). Jobs start without it.\n',
    );
  }
}

async function works(run, what, command, args) {
  try {
    await run(what, command, args);
    return true;
  } catch (error) {
    if (error instanceof InstallationError) return false;
    throw error;
  }
}

function isDone(installation) {
  if (isCurrent(stampOf(installation.name), installation.value(), installation.outputs)) return true;
  if (installation.adopt === undefined || !installation.outputs.every(existsSync) || !installation.adopt()) {
    return false;
  }
  writeWhole(stampOf(installation.name), `${installation.value()}\n`);
  return true;
}

async function perform(installation, prerequisites, report) {
  const started = Date.now();
  report(`${installation.title}: installing`);
  const run = (what, command, args) =>
    runLogged({ what, command, args, cwd: ROOT, log: at('.local/logs', `${installation.name}.log`), report });
  const stamp = stampOf(installation.name);
  // The value is read after the work, because the work determines the Python version of the venv.
  await stamped(stamp, installation.value, () => installation.work(run, prerequisites));
  report(`${installation.title}: installed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** Performs each installation after its dependencies; rejects with the first failure after the end of all. */
async function performAll(pending, prerequisites, report) {
  const started = new Map();
  for (const installation of pending) {
    const dependencies = (installation.after ?? []).map((name) => started.get(name));
    const work = Promise.all(dependencies).then(() => perform(installation, prerequisites, report));
    started.set(installation.name, work);
  }
  const results = await Promise.allSettled(started.values());
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function requirePrerequisites() {
  const stamp = stampOf('prerequisites');
  const fingerprint = hashOf([], [prerequisitesFingerprint()]);
  if (isCurrent(stamp, fingerprint, [])) return undefined;
  const results = await checkPrerequisites();
  if (results.some(({ ok }) => !ok)) {
    throw new InstallationError(`${describeMissing(results)}\n\`npm run doctor\` shows the full report.`);
  }
  writeWhole(stamp, `${fingerprint}\n`);
  return results;
}

/** Installs the dependencies of the lock files; returns immediately when they are installed. */
export async function install() {
  const report = (line) => process.stderr.write(`bootstrap: ${visible(line)}\n`);
  const checked = await requirePrerequisites();
  if (INSTALLATIONS.every(isDone)) return;
  mkdirSync(at('.local'), { recursive: true });
  const wait = (pid) => report(`waiting for the installation of process ${pid}`);
  await withLock(
    at('.local/bootstrap.lock'),
    async () => {
      const pending = INSTALLATIONS.filter((installation) => !isDone(installation));
      if (pending.length > 0) await performAll(pending, checked ?? (await checkPrerequisites()), report);
    },
    wait,
  );
}

/** Titles and states of the installations, for `npm run doctor`. */
export function installationStates() {
  return INSTALLATIONS.map((installation) => ({ title: installation.title, done: isDone(installation) }));
}
