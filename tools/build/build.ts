import { stripVTControlCharacters } from 'node:util';
import { fromRoot, LOCAL } from '../cli/paths';
import { requireCommand } from '../cli/command';
import { MAVEN_ARGUMENTS, withMavenChecksums } from '../setup/maven.cjs';
import { isCurrent, stamped, withLock } from '../setup/stamps.cjs';
import { contentHash } from './content-hash';
import { handlerNames } from './handler-names';
import type { Step, StepOutput } from '../cli/progress';
import { isJobFile, packagePythonJob, pythonJobNames } from './python-job';

interface Artifact {
  readonly title: string;
  /** File name of the stamp and the lock. */
  readonly name: string;
  readonly value: () => string;
  readonly outputs: () => string[];
  readonly make: (stepOutput: StepOutput) => Promise<void> | void;
}

const JAR_FOLDER = fromRoot('spark-jobs/loggregator');

export const JAR = fromRoot('spark-jobs/loggregator/target/loggregator.jar');

/** Bundles the handlers and packages the Spark jobs, except unchanged ones. */
export function buildSteps(): Step[] {
  return [HANDLERS, SCALA_JOB, PYTHON_JOBS].map(artifactStep);
}

const HANDLER_SOURCES = [
  'handlers',
  'schemas',
  'tools/build/bundle.ts',
  'tools/build/handler-names.ts',
  'tools/build/zip.ts',
  'package-lock.json',
  'tsconfig.json',
];

const HANDLERS: Artifact = {
  title: 'Build the Lambda handlers',
  name: 'handlers',
  value: () => contentHash(HANDLER_SOURCES.map((source) => fromRoot(source))),
  outputs: () => handlerNames().map((name) => fromRoot('dist/handlers', `${name}.zip`)),
  make: async ({ setTitle }) => {
    // esbuild takes 100 ms to load; an unchanged build does not need it.
    const { bundleHandler } = await import('./bundle.js');
    const bundles = await Promise.all(handlerNames().map((name) => bundleHandler(name)));
    const sizes = bundles.map(({ name, bytes }) => `${name} ${kib(bytes)}`);
    setTitle(`Build the Lambda handlers: ${sizes.join(', ')}`);
  },
};

const SCALA_JOB: Artifact = {
  title: 'Build the Scala job',
  name: 'loggregator',
  value: () =>
    contentHash([`${JAR_FOLDER}/pom.xml`, `${JAR_FOLDER}/src/main`, fromRoot('schemas/click.json')]),
  outputs: () => [JAR],
  make: async ({ update }) => {
    const args = [...MAVEN_ARGUMENTS, '--file', `${JAR_FOLDER}/pom.xml`, '-DskipTests', 'package'];
    const onLine = (line: string): void => {
      const text = stripVTControlCharacters(line)
        .replace(/^\[INFO\]/, '')
        .trim();
      if (text !== '') update(text);
    };
    await withMavenChecksums(() =>
      requireCommand('mvn package', 'mvn', args, { log: `${LOCAL}/logs/loggregator.log`, onLine }),
    );
  },
};

/** Runs `work` while no other process uses the folder of the Scala job. */
export function withScalaFolder<T>(work: () => Promise<T>): Promise<T> {
  return withArtifact(SCALA_JOB, () => withMavenChecksums(work));
}

const PYTHON_JOBS: Artifact = {
  title: 'Package the PySpark jobs',
  name: 'python-jobs',
  value: () => {
    const folders = pythonJobNames().map((name) => fromRoot('spark-jobs', name));
    const makers = ['python-job', 'zip'].map((source) => fromRoot(`tools/build/${source}.ts`));
    return contentHash([...folders, fromRoot('schemas'), ...makers], isJobFile);
  },
  outputs: () =>
    pythonJobNames().flatMap((name) => [
      fromRoot('dist/spark-jobs', `${name}.py`),
      fromRoot('dist/spark-jobs', `${name}.zip`),
    ]),
  make: ({ setTitle }) => {
    const jobs = pythonJobNames().map((name) => packagePythonJob(name));
    setTitle(`Package the PySpark jobs: ${jobs.map(({ name }) => name).join(', ')}`);
  },
};

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}

const stampOf = ({ name }: Artifact): string => fromRoot('.local/stamps', name);

/** Runs `work` while no other process builds the artifact; `onWait` receives the ID of a process that does. */
function withArtifact<T>(
  artifact: Artifact,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  return withLock(`${stampOf(artifact)}.lock`, work, onWait);
}

/** Builds the artifact unless its sources are unchanged. */
function artifactStep(artifact: Artifact): Step {
  const { title, value, outputs, make } = artifact;
  const stamp = stampOf(artifact);
  const isDone = (): boolean => isCurrent(stamp, value(), outputs());
  return {
    title,
    skip: () => (isDone() ? 'unchanged' : undefined),
    run: async (stepOutput) => {
      const work = async (): Promise<void> => {
        if (!isDone()) await stamped(stamp, value, () => make(stepOutput));
      };
      await withArtifact(artifact, work, (holder) => {
        stepOutput.update(`waiting for the build of process ${holder}`);
      });
    },
  };
}
