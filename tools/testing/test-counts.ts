import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    NONE,
  );
}

/** One thing that either works or does not, counted as one test. */
export function single(works: boolean): Counts {
  return works ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 };
}

/** "12 passed, 0 failed", and how many were skipped when any were. */
export function describeCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Counts of a program whose last line ends as {@link describeCounts} writes them; none when it has no such line. */
export function parseLastLine(output: string): Counts {
  const [, passed, failed] = /: (\d+) passed, (\d+) failed\n?$/.exec(output) ?? [];
  return { ...NONE, passed: Number(passed ?? 0), failed: Number(failed ?? 0) };
}

const jestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/** Counts of `jest --json`. A file that could not even be loaded counts as one failed test. */
export function parseJest(json: string): Counts {
  const result = jestSchema.parse(JSON.parse(json));
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** Counts of JUnit's XML, as pytest and Surefire write it. An error counts as a failure. */
export function parseJunit(xml: string): Counts {
  const suites = [...xml.matchAll(/<testsuite\s[^>]*>/g)].map(([tag]) => {
    const attribute = (name: string): number => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(tag)?.[1] ?? 0);
    const failed = attribute('failures') + attribute('errors');
    const skipped = attribute('skipped');
    return { passed: attribute('tests') - failed - skipped, failed, skipped };
  });
  return sum(suites);
}

/** Counts of all JUnit files in a folder; none when the folder is missing. */
export function parseJunitFolder(folder: string): Counts {
  if (!existsSync(folder)) return NONE;
  const files = readdirSync(folder).filter((name) => name.endsWith('.xml'));
  return sum(files.map((name) => parseJunit(readFileSync(join(folder, name), 'utf8'))));
}
