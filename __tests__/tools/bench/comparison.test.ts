import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareInTurn, renderComparisons } from '../../../tools/bench/comparison';
import { PYTHON } from '../../../tools/cli/paths';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

/** Uses the CPU for a time and prints a figure. */
function busy(name: string, milliseconds: number, clicks: number) {
  const note = `open(${JSON.stringify(join(folder, 'order'))}, 'a').write('${name}\\n')`;
  const work = `import time\n${note}\nwhile time.process_time() < ${milliseconds / 1000}: pass\nprint('{"clicks": ${clicks}}')`;
  return { command: [PYTHON, '-c', work], prepare: [[PYTHON, '-c', note.replace(name, `prepare ${name}`)]] };
}

test('A comparison prepares and runs the contenders in turn, and has medians and ratios of all figures.', async () => {
  const update = jest.fn();
  const contenders = { ours: busy('ours', 200, 10), theirs: busy('theirs', 600, 40) };
  const found = await compareInTurn('spinning', contenders, { pairs: 2, update });
  expect(readFileSync(join(folder, 'order'), 'utf8').trim().split('\n')).toEqual([
    'prepare ours',
    'ours',
    'prepare theirs',
    'theirs',
    'prepare theirs',
    'theirs',
    'prepare ours',
    'ours',
  ]);
  expect(found.figures.ours?.cpuSeconds).toBeGreaterThan(0.15);
  expect(found.figures.theirs?.cpuSeconds).toBeGreaterThan(found.figures.ours?.cpuSeconds ?? Infinity);
  expect(found.ratios.theirs).toMatchObject({ clicks: 0.25 });
  expect(found.ratios.theirs?.cpuSeconds).toBeLessThan(1);
  expect(update).toHaveBeenCalledWith('spinning: pair 2 of 2');
  expect(renderComparisons([found])).toMatch(/spinning\s+clicks\s+0\.25x\s+10\s+theirs 40/);
});

test('`count` runs after a contender that must fail, and `env` can unset a variable.', async () => {
  const count = [PYTHON, '-c', `print('{"left": 7}')`];
  process.env.OF_THE_CALLER = 'set';
  const env = { OF_THE_CALLER: undefined };
  const failing = [PYTHON, '-c', "import os\nraise SystemExit('OF_THE_CALLER' not in os.environ)"];
  const contenders = { 'rb --force': { command: failing, env, count, fails: true } };
  const found = await compareInTurn('emptying', contenders, { pairs: 1, update: () => undefined });
  expect(found.figures['rb --force']).toMatchObject({ left: 7 });
  const succeeding = { ours: { command: [PYTHON, '-c', ''], fails: true } };
  await expect(compareInTurn('x', succeeding, { pairs: 1, update: () => undefined })).rejects.toThrow(
    /ours, see .*: ended with 0/,
  );
});

test('A failed contender ends the comparison with its name and log.', async () => {
  const contenders = { ours: { command: [PYTHON, '-c', 'raise SystemExit(3)'] } };
  await expect(compareInTurn('failing', contenders, { pairs: 1, update: () => undefined })).rejects.toThrow(
    /ours, see .*ours\.log: ended with 3/,
  );
  expect(readdirSync(folder)).toEqual(['order']);
});
