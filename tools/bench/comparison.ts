import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { requireCommand } from '../cli/command';
import { fromRoot, LOCAL, PYTHON, ROOT } from '../cli/paths';
import { renderTable } from '../cli/table';

export const figuresSchema = z.record(z.string(), z.number());

const comparisonSchema = z.object({
  work: z.string(),
  pairs: z.number(),
  /** By contender, ours first: medians of `cpuSeconds`, `seconds`, `peakMiB` and its own figures. */
  figures: z.record(z.string(), figuresSchema),
  /** By other contender and figure: the median of the ratios, our value divided by the other. */
  ratios: z.record(z.string(), figuresSchema),
});

export type Comparison = z.infer<typeof comparisonSchema>;

export interface BenchContext {
  /** A temporary folder. */
  readonly scratch: string;
  readonly pairs: number;
  /** Numbers of rows, clicks or minutes. @default the sizes of the benchmark */
  readonly sizes: readonly number[] | undefined;
  readonly update: (text: string) => void;
}

/** A program that runs the workload. */
export interface Contender {
  readonly command: readonly string[];
  /** Additional variables; undefined unsets a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Commands that run, unmeasured, before each measurement. */
  readonly prepare?: readonly (readonly string[])[];
  /** Runs after each measurement and prints further figures as JSON in the last line. */
  readonly count?: readonly string[];
  /** Whether the command must fail. @default false */
  readonly fails?: boolean;
}

/** Runs the contenders `pairs` times in turn. The first one is ours. */
export async function compareInTurn(
  work: string,
  contenders: Readonly<Record<string, Contender>>,
  { pairs, update }: Pick<BenchContext, 'pairs' | 'update'>,
): Promise<Comparison> {
  const given = JSON.stringify({ work, pairs, contenders }, (_key, value: unknown) => value ?? null);
  const [comparison] = await runBenchProgram('in_turn.py', [given], update);
  if (comparison === undefined) throw new Error(`The benchmark of ${work} printed no comparison.`);
  return comparison;
}

/** Runs a Python program of this folder. Its last line is a comparison or a list of comparisons. */
export async function runBenchProgram(
  program: string,
  args: readonly string[],
  update: (text: string) => void,
): Promise<Comparison[]> {
  const { stdout } = await requireCommand(
    'the benchmark',
    PYTHON,
    [fromRoot('tools/bench/programs', program), ...args],
    {
      env: { ...process.env, PYTHONPATH: ROOT },
      onLine: (line) => {
        if (!line.startsWith('{') && !line.startsWith('[')) update(line);
      },
    },
  );
  const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return z.array(comparisonSchema).parse(Array.isArray(last) ? last : [last]);
}

/** Writes the results of a benchmark to .local/bench/NAME.json. */
export function saveComparisons(name: string, comparisons: readonly Comparison[]): void {
  mkdirSync(join(LOCAL, 'bench'), { recursive: true });
  writeFileSync(join(LOCAL, 'bench', `${name}.json`), `${JSON.stringify(comparisons, undefined, 2)}\n`);
}

/** A row for each figure and other contender. */
export function renderComparisons(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ work, figures: found, ratios }) => {
    const [ours = ''] = Object.keys(found);
    const own = (figure: string): string => `${found[ours]?.[figure] ?? ''}`;
    const others = Object.entries(ratios).flatMap(([other, all]) =>
      Object.entries(all).map(([figure, ratio]) => [
        work,
        figure,
        `${ratio.toFixed(2)}x`,
        own(figure),
        `${other} ${found[other]?.[figure] ?? ''}`,
      ]),
    );
    return others.length > 0
      ? others
      : Object.keys(found[ours] ?? {}).map((figure) => [work, figure, '', own(figure), '']);
  });
  return renderTable(['Work', 'Figure', 'Ratio', 'Ours', 'Against'], rows);
}
