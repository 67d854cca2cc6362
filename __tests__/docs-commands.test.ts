import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../tools/cli/paths';

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const guides = readdirSync(join(ROOT, 'docs/guides')).map((name) => `docs/guides/${name}`);
const documents = ['README.md', 'docs/runbook.md', ...guides].map((file) => ({
  file,
  text: readFileSync(join(ROOT, file), 'utf8'),
}));

/** Commands as they stand in a line of code or between backticks: `status` and ` -- --stage test`. */
const commands = documents.flatMap(({ file, text }) =>
  [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:]*)([^`#|)\n]*)/g)].map(([, task = '', rest = '']) => ({
    file,
    task,
    options: [...rest.matchAll(/ (--[a-z][a-z-]*)/g)].map(([, option = '']) => option),
  })),
);
/** Rows of README's table of tasks, with all options in them; the help of doctor is written in another way. */
const rows = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^\| `npm run ([a-z:]+).*$/gm)]
  .map(([row, task = '']) => ({
    file: 'README.md',
    task,
    options: [...row.matchAll(/`(?:-- )?(--[a-z][a-z-]*)/g)].map(([, option = '']) => option),
  }))
  .filter(({ task }) => task !== 'doctor');
const files = documents.flatMap(({ file, text }) =>
  [
    ...text.matchAll(
      /`((?:config|constructs|handlers|schemas|scripts|stacks|tools|workflows|\.github|__tests__)\/[\w./-]+)`/g,
    ),
  ].map(([, path = '']) => ({ file, path })),
);

/** Options that the task takes, as its help lists them. */
function optionsOf(task: string): string[] {
  const [, source = ''] = /scripts\/((?!bootstrap)[\w-]+\.(?:ts|mjs))/.exec(scripts[task] ?? '') ?? [];
  const text = source === '' ? '' : readFileSync(join(ROOT, 'scripts', source), 'utf8');
  return [...text.matchAll(/'(--[a-z-]+)/g)].map(([, option = '']) => option);
}

test.each([...commands, ...rows])(
  'In $file npm run $task is a task with the options $options.',
  ({ task, options }) => {
    expect(Object.keys(scripts)).toContain(task);
    expect(optionsOf(task)).toEqual(expect.arrayContaining(options));
  },
);

test.each(files)('In $file the file $path exists.', ({ path }) => {
  expect(existsSync(join(ROOT, path))).toBe(true);
});
