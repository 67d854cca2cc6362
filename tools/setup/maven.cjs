'use strict';
// Plain CommonJS without packages: bootstrap loads it before `npm ci` has run.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');

/** Has one line for each jar and POM that our builds use, as sha256sum writes it; made by `npm run lock:maven`. */
const CHECKSUM_FOLDER = join(module.path, '../../.mvn/checksums');
const CHECKSUM_FILE = join(CHECKSUM_FOLDER, 'checksums.sha256');

/** Where Maven keeps what it has downloaded. */
function localRepository(home = homedir()) {
  const settings = join(home, '.m2/settings.xml');
  const text = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
  const configured = /<localRepository>\s*([^<]+?)\s*<\/localRepository>/.exec(text)?.[1];
  return configured?.replace('${user.home}', home) ?? join(home, '.m2/repository');
}

const checkArtifacts = '-Daether.artifactResolver.postProcessor.trustedChecksums';
const checksumSource = '-Daether.trustedChecksumsSource.summaryFile';

/**
 * For every call of Maven: plain text without a line for each download, and from Maven 3.9 on a refusal of what is not in the
 * list or has other bytes, before any of it runs. Maven 3.8 ignores that: see {@link withMavenChecksums}.
 */
const MAVEN_ARGUMENTS = [
  '--batch-mode',
  '-Dstyle.color=never',
  '--no-transfer-progress',
  '--strict-checksums',
  `-Dmaven.repo.local=${localRepository()}`,
  `${checkArtifacts}=true`,
  `${checkArtifacts}.checksumAlgorithms=SHA-256`,
  `${checkArtifacts}.failIfMissing=true`,
  `${checksumSource}=true`,
  `${checksumSource}.basedir=${CHECKSUM_FOLDER}`,
  `${checksumSource}.originAware=false`,
];

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Throws when a file of the local repository has other bytes than the list says. */
function requireChecksums(repository, checksumFile) {
  for (const line of readFileSync(checksumFile, 'utf8').split('\n').filter(Boolean)) {
    const [expected, path] = line.split(/\s+/);
    const file = join(repository, path);
    const found = existsSync(file) ? sha256(file) : expected;
    if (found !== expected)
      throw Object.assign(
        new Error(
          `${file} has the SHA-256 ${found}, but ${checksumFile} says ${expected}. Nothing is built with it. Delete the file to have ` +
            'Maven download it again; if it differs again, the repository or the way to it has been tampered with.',
        ),
        { expected: true },
      );
  }
}

/** Runs `work`, which calls Maven, between two comparisons of its local repository with the list. */
async function withMavenChecksums(work, repository = localRepository(), checksumFile = CHECKSUM_FILE) {
  requireChecksums(repository, checksumFile);
  const result = await work();
  requireChecksums(repository, checksumFile);
  return result;
}

module.exports = { CHECKSUM_FILE, localRepository, MAVEN_ARGUMENTS, sha256, withMavenChecksums };
