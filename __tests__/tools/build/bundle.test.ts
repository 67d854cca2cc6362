import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { bundleHandler } from '../../../tools/build/bundle';
import { handlerNames } from '../../../tools/build/handler-names';

const PROJECT = join(__dirname, '../..', '..');
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('base64');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function writeHandler(name: string, code: string): { sourceDirectory: string; outputDirectory: string } {
  const sourceDirectory = join(folder, 'handlers');
  mkdirSync(join(sourceDirectory, name), { recursive: true });
  writeFileSync(join(sourceDirectory, name, 'index.ts'), code);
  return { sourceDirectory, outputDirectory: join(folder, 'out') };
}

describe('bundling a handler', () => {
  test('gives a zip with index.mjs only, its map beside it, and nothing half-written', async () => {
    const options = writeHandler('hello', 'export const handler = async (): Promise<string> => "hi";');
    const { zipPath, bytes, zipBytes, sha256Base64 } = await bundleHandler('hello', options);
    expect(zipPath).toBe(join(folder, 'out', 'hello.zip'));
    const files = unzipSync(readFileSync(zipPath));
    expect(Object.keys(files)).toEqual(['index.mjs']);
    expect(files['index.mjs']?.byteLength).toBe(bytes);
    expect(zipBytes).toBe(readFileSync(zipPath).byteLength);
    expect(sha256Base64).toBe(sha256(zipPath));
    expect(readdirSync(options.outputDirectory).sort()).toEqual(['hello.mjs.map', 'hello.zip']);
    expect(Buffer.from(files['index.mjs'] ?? []).toString()).not.toContain('sourceMappingURL');
  });

  test.each(['ingestion', 'job-status'])(
    'gives the same bytes of %s again, in another time zone too',
    async (name) => {
      const first = await bundleHandler(name, { outputDirectory: folder });
      const script = `require('./tools/build/bundle').bundleHandler(process.argv[1], { outputDirectory: process.argv[2] })
      .then((bundle) => process.stdout.write(bundle.sha256Base64))`;
      const second = execFileSync(
        process.execPath,
        ['--import', 'tsx', '--eval', script, name, join(folder, 'again')],
        {
          cwd: PROJECT,
          env: { PATH: process.env.PATH, TZ: 'Pacific/Kiritimati' },
          encoding: 'utf8',
        },
      );
      expect(second).toBe(first.sha256Base64);
    },
  );

  test('changes the hash when the code changes', async () => {
    const one = await bundleHandler('hello', writeHandler('hello', 'export const handler = () => 1;'));
    const other = await bundleHandler('hello', writeHandler('hello', 'export const handler = () => 2;'));
    expect(other.sha256Base64).not.toBe(one.sha256Base64);
    expect(sha256(other.zipPath)).toBe(other.sha256Base64);
  });

  test('refuses code that would start slowly, naming its largest parts, and writes nothing', async () => {
    const options = writeHandler('large', `import './ballast';\nexport const handler = () => 1;`);
    writeFileSync(
      join(options.sourceDirectory, 'large', 'ballast.ts'),
      `globalThis.ballast = '${'x'.repeat(400_000)}'; export {};`,
    );
    await expect(bundleHandler('large', options)).rejects.toThrow(
      /^Handler 'large' is 400 KB, more than the 400 KB that start fast.*\n {2}400 KB .*ballast\.ts/,
    );
    expect(() => readdirSync(options.outputDirectory)).toThrow('ENOENT');
  });

  test('refuses a handler that is not there, naming those that are', async () => {
    const options = writeHandler('hello', 'export const handler = () => 1;');
    await expect(bundleHandler('helo', options)).rejects.toThrow(
      /^There is no handler 'helo': .* has hello\.$/,
    );
  });

  test('fails on code that does not compile', async () => {
    const options = writeHandler('broken', `import './absent';`);
    await expect(bundleHandler('broken', options)).rejects.toThrow('Could not resolve "./absent"');
  });
});

test('the handlers are the folders with an index.ts', () => {
  expect(handlerNames()).toEqual(expect.arrayContaining(['ingestion', 'job-status']));
  expect(handlerNames()).not.toContain('shared');
});
