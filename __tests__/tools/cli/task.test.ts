import { helpOf, parseArguments, type Task } from '../../../tools/cli/task';
import { parseClockFactor } from '../../../tools/local-aws/emulator-process';

const task = {
  name: 'try',
  summary: 'Tries something.',
  options: { keep: { type: 'boolean' }, date: { type: 'string' } },
  optionHelp: { '--keep': 'keep it', '--date DATE': 'for this day' },
  run: () => Promise.resolve(0),
} as const satisfies Task<{ keep: { type: 'boolean' }; date: { type: 'string' } }>;

it('parses options', () => {
  expect(parseArguments(task, ['--date', '2026-01-02', '--keep'])?.values).toEqual({
    keep: true,
    date: '2026-01-02',
  });
});

it.each([['--help'], ['-h']])('asks for help with %s, whatever else is wrong', (flag) => {
  expect(parseArguments(task, ['--unknown', flag])).toBeUndefined();
});

it.each([
  ['an unknown option', ['--kep'], '--kep'],
  ['a word that belongs to no option', ['extra'], 'extra'],
  ['an option without its value', ['--date'], '--date'],
])('refuses %s, naming it and showing the help', (_, argv, named) => {
  expect(() => parseArguments(task, argv)).toThrow(named);
  expect(() => parseArguments(task, argv)).toThrow('npm run try [-- options]');
});

it('takes words when the task has a use for them', () => {
  const parsed = parseArguments({ ...task, positionals: true }, ['covid', '--keep', 'all']);
  expect(parsed).toMatchObject({ positionals: ['covid', 'all'], values: { keep: true } });
});

it('hands everything on when another program is to judge it', () => {
  expect(parseArguments({ ...task, anyArguments: true }, ['stack', '--var=1'])?.given).toEqual([
    'stack',
    '--var=1',
  ]);
});

it('names the words that the task takes where the help shows how to call it', () => {
  const optionHelp = { '[FILE]': 'what to load', ...task.optionHelp, '…': 'anything else' };
  expect(helpOf({ ...task, optionHelp })).toMatch(/^npm run try -- \[FILE\] \[options\]\n/);
  expect(helpOf(task)).toMatch(/^npm run try \[-- options\]\n/);
});

it('shows every option in the help', () => {
  expect(helpOf(task)).toMatch(
    /Tries something\.[\s\S]*--keep +keep it\n +--date DATE +for this day\n +--help/,
  );
});

describe('--clock-factor', () => {
  it.each([
    ['1', 1],
    ['2.5', 2.5],
  ])('takes %s', (text, factor) => {
    expect(parseClockFactor(text)).toBe(factor);
  });

  it('has a default', () => {
    expect(parseClockFactor(undefined)).toBeGreaterThan(1);
  });

  it.each(['0', '-3', 'fast', '', 'NaN', 'Infinity'])('refuses %j', (text) => {
    expect(() => parseClockFactor(text)).toThrow(`--clock-factor ${text}: give a number from 1 on`);
  });
});
