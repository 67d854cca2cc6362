import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { JAR, withScalaFolder } from '../build/build';
import { MAVEN_ARGUMENTS } from '../setup/maven.cjs';
import { requireCommand } from '../cli/command';
import { fromRoot, LOCAL, PYTHON, ROOT } from '../cli/paths';
import { renderTable } from '../cli/table';
import { startEmulator, stopEmulator } from '../local-aws/emulator-process';

const resultsSchema = z.array(
  z.record(z.string(), z.union([z.string(), z.number()])).and(z.object({ cpuRatio: z.number() })),
);
type Results = z.infer<typeof resultsSchema>;

/** Runs the click job, plain Spark SQL and DuckDB in turn; the results are also in .local/bench/clicks.json. */
export async function benchClicks(
  scratch: string,
  { rows, pairs, update }: { rows: readonly number[]; pairs: number; update: (text: string) => void },
): Promise<Results> {
  const project = fromRoot('spark-jobs/loggregator');
  await withScalaFolder(() =>
    requireCommand('mvn test-compile', 'mvn', [
      ...MAVEN_ARGUMENTS,
      '--file',
      join(project, 'pom.xml'),
      'test-compile',
    ]),
  );
  const stateDir = join(scratch, 'emulator');
  const { endpoint } = await startEmulator({ stateDir, parent: process.pid });
  const program = fromRoot('tools/testing/click_bench.py');
  const given = [endpoint, JAR, join(project, 'target/test-classes'), scratch, ...rows.map(String)];
  const { stdout } = await requireCommand(
    'the bench of the click job',
    PYTHON,
    [program, ...given, '--pairs', String(pairs)],
    { env: { ...process.env, PYTHONPATH: ROOT }, onLine: update },
  );
  await stopEmulator(stateDir);
  const results = resultsSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  mkdirSync(join(LOCAL, 'bench'), { recursive: true });
  writeFileSync(join(LOCAL, 'bench/clicks.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  return results;
}

export function renderClickBench(results: Results): string {
  const headings = Object.keys(results[0] ?? {});
  return renderTable(
    headings,
    results.map((result) => headings.map((heading) => String(result[heading]))),
  );
}
