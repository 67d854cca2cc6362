'use strict';
const { readFileSync } = require('node:fs');

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

/**
 * True when npm's own record of node_modules has every package of the lock file in the same version
 * and none besides. Optional packages (other platforms' binaries) may be missing.
 */
function matchesLockFile(lockFile, installedFile) {
  const locked = packagesOf(lockFile);
  const installed = packagesOf(installedFile);
  const missing = Object.entries(locked).some(([path, wanted]) => {
    if (path === '' || wanted.link) return false;
    const found = installed[path];
    return found === undefined ? !wanted.optional && !wanted.devOptional : found.version !== wanted.version;
  });
  return !missing && Object.keys(installed).every((path) => path in locked);
}

module.exports = { matchesLockFile };
