import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHECKSUM_FILE,
  localRepository,
  MAVEN_ARGUMENTS,
  withMavenChecksums,
} from '../../../tools/setup/maven.cjs';
import { temporaryFolder } from '../../support/temporary-folder';

const sha256OfText = '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1';

/** A local repository with one jar, and a list with its checksum. */
function makeRepository() {
  const repository = temporaryFolder();
  const jar = join(repository, 'org/plugin.jar');
  mkdirSync(join(repository, 'org'));
  writeFileSync(jar, 'text');
  const list = join(repository, 'checksums.sha256');
  writeFileSync(list, `${sha256OfText}  org/plugin.jar\n${sha256OfText}  org/not-downloaded-yet.jar\n`);
  return { jar, run: (work: () => Promise<string>) => withMavenChecksums(work, repository, list) };
}

test('A build runs when all downloaded files have the checksums of the list.', async () => {
  expect(await makeRepository().run(() => Promise.resolve('built'))).toBe('built');
});

test('A build does not start when a file has another checksum.', async () => {
  const { jar, run } = makeRepository();
  writeFileSync(jar, 'texT');
  const work = jest.fn<Promise<string>, []>();
  await expect(run(work)).rejects.toThrow(
    new RegExp(`${jar} has the SHA-256 checksum \\w+, but .* has ${sha256OfText}`),
  );
  expect(work).not.toHaveBeenCalled();
});

test('A build fails when it has downloaded a file with another checksum.', async () => {
  const { jar, run } = makeRepository();
  const work = (): Promise<string> => {
    writeFileSync(jar, 'other');
    return Promise.resolve('built');
  };
  await expect(run(work)).rejects.toThrow('The build was stopped');
});

test('The list has the jars and POMs of all plugins and dependencies of the projects in the format of sha256sum.', () => {
  const list = readFileSync(CHECKSUM_FILE, 'utf8');
  expect(list).toMatch(/^([0-9a-f]{64} {2}[\w./-]+\.(jar|pom)\n)+$/);
  for (const project of ['emulator/s3a-jars', 'spark-jobs/loggregator']) {
    const pom = readFileSync(join(CHECKSUM_FILE, '../../..', project, 'pom.xml'), 'utf8');
    const artifacts = [
      ...pom.matchAll(/<artifactId>([\w-]+)(?:_\$[^<]*)?<\/artifactId>\s*<version>([\d.]+)</g),
    ];
    expect(artifacts.length).toBeGreaterThan(1);
    for (const [, name, version] of artifacts.filter(
      ([, name]) => !['loggregator', 's3a-jars'].includes(String(name)),
    ))
      for (const type of ['jar', 'pom'])
        expect(list).toContain(`/${name}/${version}/${name}-${version}.${type}\n`);
  }
});

test('The arguments make Maven 3.9 and newer reject artifacts with other checksums or without one.', () => {
  expect(MAVEN_ARGUMENTS).toEqual(
    expect.arrayContaining([
      '--strict-checksums',
      '-Daether.artifactResolver.postProcessor.trustedChecksums=true',
      '-Daether.artifactResolver.postProcessor.trustedChecksums.failIfMissing=true',
      `-Daether.trustedChecksumsSource.summaryFile.basedir=${join(CHECKSUM_FILE, '..')}`,
    ]),
  );
});

test('The local repository can be configured in the settings of the user.', () => {
  const home = temporaryFolder();
  expect(localRepository(home)).toBe(join(home, '.m2/repository'));
  mkdirSync(join(home, '.m2'));
  const settings = '<settings><localRepository>${user.home}/elsewhere</localRepository></settings>';
  writeFileSync(join(home, '.m2/settings.xml'), settings);
  expect(localRepository(home)).toBe(join(home, 'elsewhere'));
});
