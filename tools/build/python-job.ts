import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fromRoot } from '../cli/paths';
import { filesUnder } from './content-hash';
import { TaskError } from '../cli/errors';
import { writeWhole } from '../setup/stamps.cjs';
import { installedPackages } from './python-packages';
import { zipFiles } from './zip';

/** A PySpark job, ready for `spark-submit --py-files <zipPath> <mainPath>`. */
export interface PythonJob {
  /** The job's folder in spark-jobs/. */
  readonly name: string;
  /** The Python package with the job's schema in it. */
  readonly zipPath: string;
  /** The entry point. */
  readonly mainPath: string;
}

/** Where to read and write; the defaults are the project's own folders. */
export interface PythonJobOptions {
  /** Has one folder a job, with a main.py and a package. @default spark-jobs/ */
  readonly sourceDirectory?: string;
  /** Has the JSON files that jobs share with TypeScript. @default schemas/ */
  readonly schemaDirectory?: string;
  /** @default dist/spark-jobs/ */
  readonly outputDirectory?: string;
}

/**
 * Versions of Python on the nodes of EMR 7.1 to 7.13. AWS does not say which of them PySpark takes: a job has to run on both.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-release-app-versions-7.x.html
 */
export const EMR_PYTHON = { oldest: '3.9', newest: '3.11' };

const MAIN = 'main.py';
/** Third-party packages of the job, in its folder. @default none */
const REQUIREMENTS = 'requirements.txt';

/** What Python, its tools and desktops leave in a source folder. */
const LEFTOVERS = /(^|[\\/])(__pycache__|\.[^\\/]+)([\\/]|$)|\.py[co]$/;

/** Whether a file of a job's folder, by its path in there, belongs to the job. */
export function isJobFile(path: string): boolean {
  return !LEFTOVERS.test(path);
}

/** Names of the PySpark jobs, sorted: the folders with a main.py. */
export function pythonJobNames(directory = fromRoot('spark-jobs')): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, MAIN)))
    .map(({ name }) => name)
    .sort();
}

/**
 * Writes `<output>/<name>.zip` and `<output>/<name>.py`, with the same bytes on every machine.
 *
 * The package is the folder that has the job's name with `_` for `-`, as Python needs it. `schemas/<name>.json`, when
 * there is one, is packed into it under its own name. Next to it are the packages of the folder's requirements.txt.
 *
 * @throws TaskError when there is no such job, its folder has no package, or its requirements cannot be installed.
 */
export function packagePythonJob(name: string, options: PythonJobOptions = {}): PythonJob {
  const {
    sourceDirectory = fromRoot('spark-jobs'),
    schemaDirectory = fromRoot('schemas'),
    outputDirectory = fromRoot('dist/spark-jobs'),
  } = options;
  const names = pythonJobNames(sourceDirectory);
  if (!names.includes(name)) {
    throw new TaskError(
      `There is no PySpark job '${name}': the folders with a ${MAIN} in ${sourceDirectory} are ${names.join(', ') || 'none'}.`,
    );
  }
  const folder = join(sourceDirectory, name);
  const packageName = name.replaceAll('-', '_');
  const files = packageFiles(folder, packageName);
  const schema = join(schemaDirectory, `${name}.json`);
  if (existsSync(schema)) files.set(`${packageName}/${name}.json`, readFileSync(schema));
  const requirements = join(folder, REQUIREMENTS);
  const packages = existsSync(requirements) ? installedPackages(requirements, EMR_PYTHON.oldest) : [];

  const zipPath = join(outputDirectory, `${name}.zip`);
  const mainPath = join(outputDirectory, `${name}.py`);
  writeWhole(zipPath, zipFiles(new Map([...packages, ...files])));
  writeWhole(mainPath, readFileSync(join(folder, MAIN)));
  return { name, zipPath, mainPath };
}

/** Contents by name in the zip, which has / between the parts on Windows too. */
function packageFiles(folder: string, packageName: string): Map<string, Uint8Array> {
  const root = join(folder, packageName);
  if (!existsSync(join(root, '__init__.py'))) {
    throw new TaskError(
      `${folder} has no package '${packageName}': put the job's modules into ${root}, next to an __init__.py.`,
    );
  }
  const paths = filesUnder([root], isJobFile);
  return new Map(paths.map((path) => [relative(folder, path).replaceAll(sep, '/'), readFileSync(path)]));
}
