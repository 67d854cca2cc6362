import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { fromRoot, ROOT } from '../../tools/cli/paths';

const SOURCES = [
  'main.ts',
  'config',
  'constructs',
  'handlers',
  'schemas',
  'scripts',
  'stacks',
  'tools',
  'workflows',
];
const read = (file: string): string => readFileSync(fromRoot(file), 'utf8');
const files = execFileSync('git', ['ls-files', ...SOURCES], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /(?<!\.d)\.[mc]?[jt]s$/.test(file) && existsSync(fromRoot(file)));

/** Files that a file imports, also for types only. */
function importsOf(file: string): string[] {
  return ts
    .preProcessFile(read(file), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(file), fileName))
    .flatMap(
      (path) => [path, `${path}.ts`, path.replace(/\.js$/, '.ts')].find((one) => files.includes(one)) ?? [],
    );
}

/** Circles of imports, each as the files on its way. */
function circles(): string[] {
  const [done, way, found] = [new Set<string>(), [] as string[], [] as string[]];
  const visit = (file: string): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' > '));
    if (way.includes(file) || done.has(file)) return;
    way.push(file);
    importsOf(file).forEach(visit);
    way.pop();
    done.add(file);
  };
  files.forEach(visit);
  return found;
}

const [, rooms = ''] = /const ROOMS = \[([^;]*)\];/.exec(read('eslint.config.mjs'))!;
const order = [...rooms.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name!);

test('No file of the project imports itself through others.', () => {
  expect(circles()).toEqual([]);
});

test('The architecture document lists the folders of tools/ in the order that eslint enforces, and no other exists.', () => {
  const [, section = ''] = read('docs/architecture.md').split('## What the npm tasks are made of');
  const listed = [...section.split('\n## ')[0]!.matchAll(/^\| `([a-z-]+)\/`/gm)].map(([, name]) => name);
  expect(listed).toEqual(order);
  const existing = new Set(files.flatMap((file) => /^tools\/([^/]+)\//.exec(file)?.[1] ?? []));
  expect([...existing].sort()).toEqual([...order].sort());
});

test('Every path in the architecture document exists.', () => {
  const paths = [...read('docs/architecture.md').matchAll(/`([a-z_-]+\/[\w./-]*|main\.ts)`/g)].map(
    ([, path]) => path!,
  );
  const isThere = (path: string): boolean =>
    [ROOT, fromRoot('tools')].some((folder) => existsSync(join(folder, path)));
  expect(paths.length).toBeGreaterThan(30);
  // A prefix in a bucket.
  expect(paths.filter((path) => !isThere(path))).toEqual(['errors/']);
});

test('No folder of tools/ has more than 15 files.', () => {
  const tracked = execFileSync('git', ['ls-files', 'tools'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const folders = tracked.split('\n').map((file) => dirname(file));
  const sizes = [...new Set(folders)].map(
    (folder) => [folder, folders.filter((one) => one === folder).length] as const,
  );
  expect(sizes.filter(([, size]) => size > 15)).toEqual([]);
});
