import { helpOf, parseArguments, type Task } from '../../../tools/cli/task';
import { parseClockFactor } from '../../../tools/local-aws/emulator-process';

const task = {
  name: 'try',
  summary: 'Tries something.',
  options: { keep: { type: 'boolean' }, date: { type: 'string' } },
  optionHelp: { '--keep': 'keep it', '--date DATE': 'for this day' },
  run: () => Promise.resolve(0),
} as const satisfies Task<{ keep: { type: 'boolean' }; date: { type: 'string' } }>;

test('Options are parsed.', () => {
  expect(parseArguments(task, ['--date', '2026-01-02', '--keep'])?.values).toEqual({
    keep: true,
    date: '2026-01-02',
  });
});

test.each([['--help'], ['-h']])('%s shows the help, even with invalid arguments.', (flag) => {
  expect(parseArguments(task, ['--unknown', flag])).toBeUndefined();
});

test.each([
  ['an unknown option', ['--kep'], '--kep'],
  ['a positional argument', ['extra'], 'extra'],
  ['an option without its value', ['--date'], '--date'],
  ['an empty value', ['--date='], '--date'],
])('The error for %s has its name and the help.', (_, argv, named) => {
  expect(() => parseArguments(task, argv)).toThrow(named);
  expect(() => parseArguments(task, argv)).toThrow('npm run try [-- options]');
});

test('A task can accept positional arguments.', () => {
  const parsed = parseArguments({ ...task, positionals: true }, ['covid', '--keep', 'all']);
  expect(parsed).toMatchObject({ positionals: ['covid', 'all'], values: { keep: true } });
});

test('A task can pass all arguments to another program.', () => {
  expect(parseArguments({ ...task, anyArguments: true }, ['stack', '--var=1'])?.given).toEqual([
    'stack',
    '--var=1',
  ]);
});

test('The help names the positional arguments and all options.', () => {
  const optionHelp = { '[FILE]': 'what to load', ...task.optionHelp, '…': 'anything else' };
  expect(helpOf({ ...task, optionHelp })).toMatch(/^npm run try -- \[FILE\] \[options\]\n/);
  expect(helpOf(task)).toMatch(
    /^npm run try \[-- options\]\n\nTries something\.[\s\S]*--keep +keep it\n +--date DATE +for this day\n +--help/,
  );
});

describe('--clock-factor', () => {
  test('is a number of at least 1, with a default.', () => {
    expect(parseClockFactor('2.5')).toBe(2.5);
    expect(parseClockFactor(undefined)).toBeGreaterThan(1);
  });

  test.each(['0', '-3', 'fast', '', 'NaN', 'Infinity'])('cannot be %j.', (text) => {
    expect(() => parseClockFactor(text)).toThrow(`--clock-factor ${text} is not a number of at least 1`);
  });
});
