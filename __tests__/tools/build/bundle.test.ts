import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { bundleHandler } from '../../../tools/build/bundle';
import { handlerNames } from '../../../tools/build/handler-names';
import { ROOT } from '../../../tools/cli/paths';
import { temporaryFolder } from '../../support/temporary-folder';

/** Source and output folders with this handler. */
function handler(name: string, code: string, other = ''): Parameters<typeof bundleHandler>[1] & object {
  const folder = temporaryFolder();
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'index.ts'), code);
  writeFileSync(join(folder, name, 'ballast.ts'), other);
  return { sourceDirectory: folder, outputDirectory: join(folder, 'out') };
}

const contentOf = (path: string): string => readFileSync(path).toString('base64');

describe('A bundle', () => {
  test('is a zip with only index.mjs, with a source map next to it and no temporary files.', async () => {
    const options = handler('hello', 'export const handler = async (): Promise<string> => "hi";');
    const { zipPath, bytes } = await bundleHandler('hello', options);
    const files = unzipSync(readFileSync(zipPath));
    expect(Object.keys(files)).toEqual(['index.mjs']);
    expect(files['index.mjs']?.byteLength).toBe(bytes);
    expect(readdirSync(join(options.sourceDirectory!, 'out')).sort()).toEqual(['hello.mjs.map', 'hello.zip']);
    expect(Buffer.from(files['index.mjs'] ?? []).toString()).not.toContain('sourceMappingURL');
  });

  test('has the same bytes in another time zone, and different bytes for different code.', async () => {
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

  test('that is too large is rejected with its largest parts and is not written.', async () => {
    const ballast = `globalThis.ballast = '${'x'.repeat(400_000)}'; export {};`;
    const options = handler('large', `import './ballast';\nexport const handler = () => 1;`, ballast);
    await expect(bundleHandler('large', options)).rejects.toThrow(
      /^The code of handler 'large' has 400 KB, more than the limit of 400 KB .*\n {2}400 KB .*ballast\.ts/,
    );
    expect(() => readdirSync(options.outputDirectory!)).toThrow('ENOENT');
  });

  test.each([
    ['helo', 'export const handler = () => 1;', /^The handler 'helo' does not exist\. .* contains: hello\.$/],
    ['hello', `import './absent';`, /Could not resolve "\.\/absent"/],
  ])('of %s with the code %j is rejected.', async (name, code, message) => {
    await expect(bundleHandler(name, handler('hello', code))).rejects.toThrow(message);
  });
});

test('The handlers are the folders with an index.ts.', () => {
  expect(handlerNames()).toEqual(expect.arrayContaining(['ingestion', 'job-status']));
  expect(handlerNames()).not.toContain('shared');
});
