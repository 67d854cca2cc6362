import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { bundleHandler } from '../../../tools/build/bundle';
import { handlerNames } from '../../../tools/build/handler-names';
import { ROOT } from '../../../tools/cli/paths';
import { temporaryFolder } from '../../support/temporary-folder';

/** Folders with this handler to bundle from and to. */
function handler(name: string, code: string, other = ''): Parameters<typeof bundleHandler>[1] & object {
  const folder = temporaryFolder();
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'index.ts'), code);
  writeFileSync(join(folder, name, 'ballast.ts'), other);
  return { sourceDirectory: folder, outputDirectory: join(folder, 'out') };
}

const contentOf = (path: string): string => readFileSync(path).toString('base64');

describe('A bundle', () => {
  test('is a zip with index.mjs only, with its map next to it, and leaves no draft.', async () => {
    const options = handler('hello', 'export const handler = async (): Promise<string> => "hi";');
    const { zipPath, bytes } = await bundleHandler('hello', options);
    const files = unzipSync(readFileSync(zipPath));
    expect(Object.keys(files)).toEqual(['index.mjs']);
    expect(files['index.mjs']?.byteLength).toBe(bytes);
    expect(readdirSync(join(options.sourceDirectory!, 'out')).sort()).toEqual(['hello.mjs.map', 'hello.zip']);
    expect(Buffer.from(files['index.mjs'] ?? []).toString()).not.toContain('sourceMappingURL');
  });

  test('has the same bytes in another time zone, and others for other code.', async () => {
    const [first, again] = [temporaryFolder(), temporaryFolder()];
    const { zipPath } = await bundleHandler('ingestion', { outputDirectory: first });
    const script = `require('./tools/build/bundle').bundleHandler('ingestion', { outputDirectory: process.argv[1] })`;
    execFileSync(process.execPath, ['--import', 'tsx', '--eval', script, again], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, TZ: 'Pacific/Kiritimati' },
    });
    expect(contentOf(join(again, 'ingestion.zip'))).toBe(contentOf(zipPath));
    const one = await bundleHandler('hello', handler('hello', 'export const handler = () => 1;'));
    const other = await bundleHandler('hello', handler('hello', 'export const handler = () => 2;'));
    expect(contentOf(other.zipPath)).not.toBe(contentOf(one.zipPath));
  });

  test('that would start slowly is refused with its largest parts, and nothing is written.', async () => {
    const ballast = `globalThis.ballast = '${'x'.repeat(400_000)}'; export {};`;
    const options = handler('large', `import './ballast';\nexport const handler = () => 1;`, ballast);
    await expect(bundleHandler('large', options)).rejects.toThrow(
      /^Handler 'large' is 400 KB, more than the 400 KB that start fast.*\n {2}400 KB .*ballast\.ts/,
    );
    expect(() => readdirSync(options.outputDirectory!)).toThrow('ENOENT');
  });

  test.each([
    ['helo', 'export const handler = () => 1;', /^There is no handler 'helo': .* has hello\.$/],
    ['hello', `import './absent';`, /Could not resolve "\.\/absent"/],
  ])('of %s with the code %j is refused.', async (name, code, message) => {
    await expect(bundleHandler(name, handler('hello', code))).rejects.toThrow(message);
  });
});

test('The handlers are the folders with an index.ts.', () => {
  expect(handlerNames()).toEqual(expect.arrayContaining(['ingestion', 'job-status']));
  expect(handlerNames()).not.toContain('shared');
});
