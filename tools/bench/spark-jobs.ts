import { join } from 'node:path';
import { JAR, withScalaFolder } from '../build/build';
import { requireCommand } from '../cli/command';
import { fromRoot } from '../cli/paths';
import { startEmulator, stopEmulator } from '../local-aws/emulator-process';
import { MAVEN_ARGUMENTS } from '../setup/maven.cjs';
import { installVenv } from '../setup/python-venv';
import { runBenchProgram, type BenchContext, type Comparison } from './comparison';

const SCALA = fromRoot('spark-jobs/loggregator');
const COVID = fromRoot('dist/spark-jobs/covid-report');

/** The click job against Spark SQL without checks and DuckDB. */
export async function benchClicks(context: BenchContext): Promise<Comparison[]> {
  const arguments_ = [...MAVEN_ARGUMENTS, '--file', join(SCALA, 'pom.xml'), 'test-compile'];
  await withScalaFolder(() => requireCommand('mvn test-compile', 'mvn', arguments_));
  const rows = context.sizes ?? [1_000_000, 5_000_000, 20_000_000];
  return sparkJobs(context, ['clicks', JAR, join(SCALA, 'target/test-classes'), ...rows.map(String)]);
}

/** The COVID job against PySpark without checks and pandas. */
export async function benchCovid(context: BenchContext): Promise<Comparison[]> {
  const bin = await installVenv('pandas', fromRoot('tools/bench/pandas-requirements.txt'));
  const rows = context.sizes ?? [38_000, 380_000];
  return sparkJobs(context, [
    'covid',
    `${COVID}.zip`,
    `${COVID}.py`,
    join(bin, 'python'),
    ...rows.map(String),
  ]);
}

async function sparkJobs(
  { scratch, pairs, update }: BenchContext,
  job: readonly string[],
): Promise<Comparison[]> {
  const stateDir = join(scratch, 'emulator');
  const { endpoint } = await startEmulator({ stateDir, parent: process.pid });
  const given = [endpoint, scratch, '--pairs', String(pairs), ...job];
  const found = await runBenchProgram('spark_jobs.py', given, update);
  await stopEmulator(stateDir);
  return found;
}
