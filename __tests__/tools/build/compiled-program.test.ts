import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { inCheckout, ROOT } from '../../../tools/cli/checkout';
import { runCommand } from '../../../tools/cli/command';

const KEPT = inCheckout('.local/compiled');
let folder: string;

beforeEach(() => {
  mkdirSync(KEPT, { recursive: true });
  folder = mkdtempSync(inCheckout('.local/program-'));
  writeFileSync(
    join(folder, 'program.ts'),
    `import * as z from 'zod';
     import { word } from './word';
     void import('./later').then(({ later }) => console.log(z.string().parse(word), later, process.argv[2]));`,
  );
  writeFileSync(join(folder, 'later.ts'), 'export const later: string = __filename;');
  writeFileSync(join(folder, 'word.ts'), "export const word: string = 'one';");
});

afterEach(() => {
  for (const file of kept()) rmSync(join(KEPT, file));
  rmSync(folder, { recursive: true });
});

const kept = (): string[] => readdirSync(KEPT).filter((file) => file.includes(basename(folder)));

function run() {
  const program = relative(ROOT, join(folder, 'program.ts'));
  return runCommand(process.execPath, [inCheckout('scripts/bootstrap.mjs'), program, 'argument']);
}

/** Of the two compiled files and their machine code. */
function filesAndTimes(): Record<string, number> {
  return Object.fromEntries(kept().map((file) => [file, statSync(join(KEPT, file)).mtimeMs]));
}

describe('a program run by bootstrap.mjs', () => {
  it('is compiled once with its packages, and finds the checkout as the files of tools/ do', async () => {
    const first = await run();
    // What bootstrap has to install says so there.
    expect(first.stderr.replace(/^bootstrap: .*\n/gm, '')).toBe('');
    expect(first.stdout).toMatch(/^one .*[/\\]scripts[/\\]compiled[/\\][^/\\]+ argument\n$/);
    const compiled = filesAndTimes();
    expect(Object.keys(compiled).filter((file) => file.endsWith('.v8'))).toHaveLength(2);
    expect((await run()).stdout).toBe(first.stdout);
    expect(filesAndTimes()).toEqual(compiled);
  });

  it('is compiled again when a source has changed, also to the same length, and leaves no file of the old one', async () => {
    await run();
    const before = kept().length;
    writeFileSync(join(folder, 'word.ts'), "export const word: string = 'two';");
    expect((await run()).stdout).toMatch(/^two /);
    expect(kept()).toHaveLength(before);
  });

  it('says which source is missing', async () => {
    await run();
    rmSync(join(folder, 'word.ts'));
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Could not resolve "./word"');
  });
});
