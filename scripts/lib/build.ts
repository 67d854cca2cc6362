import { existsSync, readdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { inCheckout, LOCAL } from './checkout';
import { requireCommand } from './command';
import { contentHash } from './content-hash';
import type { Step, Telling } from './progress';
import { isCurrent, stamped, withLock } from './stamps.cjs';

const JAR_FOLDER = inCheckout('spark-jobs/loggregator');

/** Plain text without a line per download. */
export const MAVEN_ARGUMENTS = ['--batch-mode', '-Dstyle.color=never', '--no-transfer-progress'];

/** The Spark job's jar, as the stack uploads it. */
export const JAR = inCheckout('spark-jobs/loggregator/target/loggregator.jar');

/** Names of the Lambda handlers: every folder of handlers/ with an index.ts. */
export function handlerNames(): string[] {
  const folders = readdirSync(inCheckout('handlers'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return folders
    .map(({ name }) => name)
    .filter((name) => existsSync(inCheckout('handlers', name, 'index.ts')));
}

/** Bundles the handlers and packages the Spark job; each is skipped while its sources are unchanged. */
export function buildSteps({ force = false }: { force?: boolean } = {}): Step[] {
  return [artifactStep(HANDLERS, force), artifactStep(SPARK_JOB, force)];
}

interface Artifact {
  readonly title: string;
  /** File name of its stamp and of its lock. */
  readonly name: string;
  /** Hash of all that it is made from. */
  readonly value: () => string;
  readonly outputs: () => string[];
  readonly make: (telling: Telling) => Promise<void>;
}

function artifactStep({ title, name, value, outputs, make }: Artifact, force: boolean): Step {
  const stamp = inCheckout('.local/stamps', name);
  const isDone = (): boolean => isCurrent(stamp, value(), outputs());
  return {
    title,
    skip: () => (!force && isDone() ? 'unchanged' : undefined),
    run: async (telling) => {
      const work = async (): Promise<void> => {
        if (force || !isDone()) await stamped(stamp, value, () => make(telling));
      };
      // Two tasks that build at the same time would write the same files.
      await withLock(`${stamp}.lock`, work, (holder) => {
        telling.say(`waiting for process ${holder}, which is building it`);
      });
    },
  };
}

const HANDLER_SOURCES = [
  'handlers',
  'schemas',
  'scripts/lib/bundle.ts',
  'scripts/lib/zip.ts',
  'package-lock.json',
  'tsconfig.json',
];

const HANDLERS: Artifact = {
  title: 'Build the Lambda handlers',
  name: 'handlers',
  value: () => contentHash(HANDLER_SOURCES.map((source) => inCheckout(source))),
  outputs: () => handlerNames().map((name) => inCheckout('dist/handlers', `${name}.zip`)),
  make: async ({ conclude }) => {
    // esbuild takes 100 ms to load, which an unchanged build need not wait for.
    const { bundleHandler } = await import('./bundle.js');
    const bundles = await Promise.all(handlerNames().map((name) => bundleHandler(name)));
    const sizes = bundles.map(({ name, bytes }) => `${name} ${kib(bytes)}`);
    conclude(`Build the Lambda handlers: ${sizes.join(', ')}`);
  },
};

const SPARK_JOB: Artifact = {
  title: 'Build the Spark job',
  name: 'loggregator',
  value: () =>
    contentHash([`${JAR_FOLDER}/pom.xml`, `${JAR_FOLDER}/src/main`, inCheckout('schemas/click.json')]),
  outputs: () => [JAR],
  make: async ({ say }) => {
    const args = [...MAVEN_ARGUMENTS, '--file', `${JAR_FOLDER}/pom.xml`, '-DskipTests', 'package'];
    await requireCommand('mvn package', 'mvn', args, {
      log: `${LOCAL}/logs/loggregator.log`,
      onLine: (line) => {
        const text = stripVTControlCharacters(line)
          .replace(/^\[INFO\]/, '')
          .trim();
        if (text !== '') say(text);
      },
    });
  },
};

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
