import { EventEmitter } from 'node:events';
import { confirm } from '@clack/prompts';
import { confirm as ask } from '../../../tools/cli/confirmation';
import { print, printError, printScreen } from '../../../tools/cli/output';
import { Progress } from '../../../tools/cli/progress';
import { renderTable } from '../../../tools/cli/table';
import { runTask } from '../../../tools/cli/task';
import { visible } from '../../../tools/cli/visible.cjs';

jest.mock('@clack/prompts', () => ({ confirm: jest.fn(), text: jest.fn() }));

const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\r\u009b31mRED\u202e\u200b';
const SHOWN = String.raw`\u001b]0;owned\u0007\u001b[2J\u000d\u009b31mRED\u202e\u200b`;

let written: string;

beforeEach(() => {
  written = '';
  for (const name of ['stdout', 'stderr'] as const)
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
});

test.each([
  ['an escape sequence', '\u001b[31mRED', String.raw`\u001b[31mRED`],
  ['a C1 control character', '\u009b2J', String.raw`\u009b2J`],
  ['a carriage return', 'done\rfailed', String.raw`done\u000dfailed`],
  ['a backspace and a delete', '\b\u007f', String.raw`\u0008\u007f`],
  ['a change of text direction', 'bidi\u202egnp.exe\u2066', String.raw`bidi\u202egnp.exe\u2066`],
  [
    'a character without width',
    '\u200bA\u200d\u2060\ufeff\u00ad',
    String.raw`\u200bA\u200d\u2060\ufeff\u00ad`,
  ],
  ['a line separator', 'a\u2028b\u2029', String.raw`a\u2028b\u2029`],
  ['invisible letters and marks', 'ㅤ\u034f\ufe0f\u2800', String.raw`\u3164\u034f\ufe0f\u2800`],
  ['other spaces', 'a\u00a0b\u3000', String.raw`a\u00a0b\u3000`],
  ['a tag outside of the basic plane', 'x\u{e0041}', String.raw`x\udb40\udc41`],
  ['an unpaired surrogate', 'x\ud800y', String.raw`x\ud800y`],
])('%s is escaped.', (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each(['two\nlines\tand a tab', 'Größe 名前 日本 שלום 😀 │ ✔', String.raw`C:\u202e`])(
  '%j is not changed.',
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

test('Only visible characters are not escaped, and a JSON document keeps its values.', () => {
  const all = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).join('');
  const shown = visible(JSON.stringify(all));
  expect(JSON.parse(shown)).toBe(all);
  expect(shown.match(/[^\P{C}\n\t]|[^\P{Z} ]|\p{Default_Ignorable_Code_Point}/gu)).toBeNull();
});

test.each([
  ['print', print],
  ['printError', printError],
  ['printScreen', printScreen],
])('%s escapes control characters in data.', (_, write) => {
  write(`${HOSTILE}\n`);
  expect(written).toBe(`${SHOWN}\n`);
});

test('The terminal is cleared, and control characters in data are escaped.', () => {
  const { isTTY } = process.stdout;
  process.stdout.isTTY = true;
  printScreen(HOSTILE);
  process.stdout.isTTY = isTTY;
  expect(written).toBe(`\u001b[2J\u001b[3J\u001b[H${SHOWN}`);
});

test('Progress escapes control characters in titles, texts and reasons.', async () => {
  const [title, text, reason] = ['title', 'text', 'reason'].map((name) => name + HOSTILE) as [
    string,
    string,
    string,
  ];
  const progress = new Progress({ onStderr: true });
  await progress.step('Count', ({ update, setTitle }) => {
    update(text);
    setTitle(title);
  });
  await progress.lanes([
    { title: `lane${HOSTILE}`, steps: [{ title: 'skipped', skip: () => reason, run: () => undefined }] },
  ]);
  for (const name of ['title', 'text', 'reason', 'lane']) expect(written).toContain(name + SHOWN);
  for (const raw of '\u0007\r\u009b\u202e\u200b') expect(written).not.toContain(raw);
});

test('A table escapes control characters in cells and aligns the escaped text.', () => {
  expect(renderTable(['name', 'n'], [['a\n\t\u001bb', '1']])).toBe(
    ['name          n', '────────────  ─', String.raw`a\n\t\u001bb  1`].join('\n'),
  );
});

test('A question escapes control characters in data.', async () => {
  const { isTTY } = process.stdin;
  process.stdin.isTTY = true;
  await ask(`Delete ${HOSTILE}?`);
  process.stdin.isTTY = isTTY;
  expect(confirm).toHaveBeenCalledWith(expect.objectContaining({ message: `Delete ${SHOWN}?` }));
});

test('The error of a failed task escapes control characters in data.', async () => {
  jest.spyOn(process, 'on').mockImplementation(() => new EventEmitter() as NodeJS.Process);
  const { argv, exitCode } = process;
  process.argv = argv.slice(0, 2);
  await runTask({
    name: 'try',
    summary: 'Fails.',
    options: {},
    optionHelp: {},
    run: () => Promise.reject(new Error(HOSTILE)),
  });
  process.argv = argv;
  process.exitCode = exitCode;
  expect(written).toContain(`try: Error: ${SHOWN}`);
});
