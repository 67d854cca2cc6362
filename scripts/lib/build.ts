import { existsSync, readdirSync } from 'node:fs';
import { inCheckout, LOCAL } from './checkout';
import { requireCommand } from './command';
import { contentHash } from './content-hash';
import type { Step } from './progress';
import { isCurrent, stamped } from './stamps.cjs';

const JAR_FOLDER = inCheckout('spark-jobs/loggregator');

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
  return [handlersStep(force), jarStep(force)];
}

function handlersStep(force: boolean): Step {
  const sources = [
    'handlers',
    'schemas',
    'scripts/lib/bundle.ts',
    'scripts/lib/zip.ts',
    'package-lock.json',
    'tsconfig.json',
  ];
  const stamp = inCheckout('.local/stamps/handlers');
  const value = (): string => contentHash(sources.map((source) => inCheckout(source)));
  const outputs = (): string[] => handlerNames().map((name) => inCheckout('dist/handlers', `${name}.zip`));
  return {
    title: 'Build the Lambda handlers',
    skip: () => (!force && isCurrent(stamp, value(), outputs()) ? 'unchanged' : undefined),
    run: async ({ conclude }) => {
      // esbuild takes 100 ms to load, which an unchanged build need not wait for.
      const { bundleHandler } = await import('./bundle.js');
      await stamped(stamp, value, async () => {
        const bundles = await Promise.all(handlerNames().map((name) => bundleHandler(name)));
        const sizes = bundles.map(({ name, bytes }) => `${name} ${kib(bytes)}`);
        conclude(`Build the Lambda handlers: ${sizes.join(', ')}`);
      });
    },
  };
}

function jarStep(force: boolean): Step {
  const stamp = inCheckout('.local/stamps/loggregator');
  const value = (): string => contentHash([`${JAR_FOLDER}/pom.xml`, `${JAR_FOLDER}/src/main`]);
  return {
    title: 'Build the Spark job',
    skip: () => (!force && isCurrent(stamp, value(), [JAR]) ? 'unchanged' : undefined),
    run: async ({ say }) => {
      const args = ['--batch-mode', '--no-transfer-progress', '--file', `${JAR_FOLDER}/pom.xml`];
      await stamped(stamp, value, async () => {
        await requireCommand('mvn package', 'mvn', [...args, '-DskipTests', 'package'], {
          log: `${LOCAL}/logs/loggregator.log`,
          onLine: (line) => {
            say(line.replace(/^\[INFO\] /, ''));
          },
        });
      });
    },
  };
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
