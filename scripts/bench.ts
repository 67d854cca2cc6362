import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  renderComparisons,
  saveComparisons,
  type BenchContext,
  type Comparison,
} from '../tools/bench/comparison';
import { benchIngestion } from '../tools/bench/ingestion';
import { benchClicks, benchCovid } from '../tools/bench/spark-jobs';
import { benchAgain, benchEmptying, benchReview, benchSoak, benchSynth } from '../tools/bench/tasks';
import { buildSteps } from '../tools/build/build';
import { TaskError } from '../tools/cli/errors';
import { atExit } from '../tools/cli/exit-actions';
import { print } from '../tools/cli/output';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

interface Bench {
  readonly summary: string;
  readonly run: (context: BenchContext) => Promise<Comparison[]>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  clicks: { summary: 'click job against Spark SQL and DuckDB; sizes: clicks', run: benchClicks },
  covid: { summary: 'COVID job against PySpark and pandas; sizes: rows', run: benchCovid },
  ingestion: {
    summary: 'ingestion Lambda against an empty Node.js and one record for each click; size: clicks',
    run: benchIngestion,
  },
  emptying: {
    summary: 'cleanup of a bucket against boto3, Terraform and the AWS CLI; size: versions',
    run: benchEmptying,
  },
  synth: { summary: 'npm run synth against cdktf synth', run: benchSynth },
  review: { summary: 'review of a plan against terraform plan; sizes: resources', run: benchReview },
  local: { summary: 'later runs of npm run local and of a plan against the first runs', run: benchAgain },
  soak: { summary: 'both pipelines each minute on the local AWS; size: minutes', run: benchSoak },
};

const PAIRS = 5;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new TaskError(`${name} ${text}: expected a whole number of at least 1.`);
  return value;
}

void runTask({
  name: 'bench',
  summary:
    'Runs each workload in turn with an alternative that does the same, and prints the medians of the ratios. The results\n' +
    'are also in .local/bench/NAME.json.',
  positionals: true,
  options: { json: { type: 'boolean' }, pairs: { type: 'string' }, sizes: { type: 'string' } },
  optionHelp: {
    ...Object.fromEntries(Object.entries(BENCHES).map(([name, { summary }]) => [`[${name}]`, summary])),
    '--pairs N': `number of runs of each contender (default: ${PAIRS})`,
    '--sizes N,N': 'sizes of the workload, for one benchmark (default: as in the README)',
    '--json': 'print JSON',
  },
  run: async ({ values, positionals }) => {
    const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
    const benches = names.map((name) => {
      const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
      if (bench !== undefined) return [name, bench] as const;
      throw new TaskError(
        `The benchmark ${name} does not exist. Use ${Object.keys(BENCHES).join(', ')}, or no name to run all.`,
      );
    });
    if (values.sizes !== undefined && names.length !== 1)
      throw new TaskError(
        '--sizes needs the name of one benchmark, such as npm run bench -- clicks --sizes 1000000.',
      );
    const sizes = values.sizes?.split(',').map((size) => positive('--sizes', size));
    const pairs = positive('--pairs', values.pairs ?? String(PAIRS));
    const progress = new Progress({ onStderr: values.json ?? false });
    await progress.steps(buildSteps(), 2);
    const all: Comparison[] = [];
    for (const [name, bench] of benches) {
      const scratch = mkdtempSync(join(tmpdir(), 'clicklogger-bench-'));
      atExit(() => {
        rmSync(scratch, { recursive: true, force: true });
      });
      const found = await progress.step(`Measure ${name}`, ({ update }) =>
        bench.run({ scratch, pairs, sizes, update }),
      );
      saveComparisons(name, found);
      all.push(...found);
    }
    print(values.json ? JSON.stringify(all, undefined, 2) : `\n${renderComparisons(all)}`);
    return 0;
  },
});
