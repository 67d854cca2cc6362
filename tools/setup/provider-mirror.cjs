'use strict';
const { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const { homedir } = require('node:os');
const process = require('node:process');

const REGISTRY = 'registry.terraform.io';

/** System folders in whose first level a provider mirror usually lies. */
const SYSTEM_FOLDERS = ['/opt', '/usr/local', '/usr/local/share', '/usr/share', '/srv', '/var/lib'];

/** The folders that Terraform itself reads by default, as its documentation lists them. */
function impliedMirrors(env, platform) {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  if (platform === 'win32') {
    const data = env.APPDATA === undefined ? [] : [join(env.APPDATA, 'terraform.d/plugins')];
    return [...data, join(env.APPDATA ?? home, 'HashiCorp/Terraform/plugins')];
  }
  if (platform === 'darwin') {
    return [
      join(home, '.terraform.d/plugins'),
      join(home, 'Library/Application Support/io.terraform/plugins'),
      '/Library/Application Support/io.terraform/plugins',
    ];
  }
  const dataDirs = (env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':').filter(Boolean);
  return [
    join(home, '.terraform.d/plugins'),
    ...[env.XDG_DATA_HOME ?? join(home, '.local/share'), ...dataDirs].map((dir) =>
      join(dir, 'terraform/plugins'),
    ),
  ];
}

function foldersIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(error.code)) return [];
    throw error;
  }
}

const expectedError = (message) => Object.assign(new Error(message), { expected: true });

const holdsProvider = (folder, provider) => existsSync(join(folder, REGISTRY, provider));

/** All that decides what is found at `path`: the path, its parents, and for a link the same of its target. */
function* placesOf(path) {
  if (dirname(path) !== path) yield* placesOf(dirname(path));
  yield path;
  if (lstatSync(path).isSymbolicLink())
    yield* placesOf(resolve(realpathSync(dirname(path)), readlinkSync(path)));
}

function* everythingIn(folder) {
  yield folder;
  if (lstatSync(realpathSync(folder)).isDirectory())
    for (const name of readdirSync(folder)) yield* everythingIn(join(folder, name));
}

/** Bits of a mode: group and others may write; only owners may replace; all of them. */
const [WRITABLE, STICKY, MODE] = [0o022, 0o1000, 0o7777];

/** What is wrong with the owner or the mode of a place; undefined when only root and `user` can change it. */
function accessProblem(place, user, isParent) {
  const stat = lstatSync(place);
  if (stat.uid !== 0 && stat.uid !== user) return `belongs to the user with the id ${stat.uid}`;
  // The mode of a link means nothing; in a parent such as /tmp nobody may replace what belongs to somebody else.
  if ((stat.mode & WRITABLE) === 0 || stat.isSymbolicLink()) return undefined;
  if (isParent && (stat.mode & STICKY) !== 0) return undefined;
  return `is writable by others (mode ${(stat.mode & MODE).toString(8)})`;
}

/** Throws when somebody else than root and `user` could replace the provider, which Terraform runs with the user's credentials. */
function requireTrusted(mirror, provider, user) {
  // Windows has no such owners and modes.
  if (user === undefined) return;
  for (const file of everythingIn(resolve(mirror, REGISTRY, provider))) {
    for (const place of placesOf(file)) {
      const problem = accessProblem(place, user, place !== file);
      if (problem !== undefined)
        throw expectedError(
          `The Terraform provider in ${mirror} is not used, as Terraform would run it with your credentials: ${place} ${problem}. ` +
            `Correct that (chown, chmod go-w), remove ${mirror}, or name another folder in CLICKLOGGER_PROVIDER_MIRROR.`,
        );
    }
  }
}

/**
 * A folder on this machine that holds copies of Terraform providers, or undefined when there is none
 * (Terraform then downloads from its registry). CLICKLOGGER_PROVIDER_MIRROR names it outright. It throws when somebody
 * else than root and `user` can change it: left out, Terraform itself would read a folder that it knows.
 */
function findProviderMirror({
  env = process.env,
  platform = process.platform,
  systemFolders = SYSTEM_FOLDERS,
  provider = 'hashicorp/aws',
  user = process.getuid?.(),
} = {}) {
  const named = env.CLICKLOGGER_PROVIDER_MIRROR;
  const isNamed = named !== undefined && named !== '';
  if (isNamed && !holdsProvider(named, provider)) {
    throw expectedError(
      `CLICKLOGGER_PROVIDER_MIRROR is "${named}", but there is no ${join(named, REGISTRY, provider)}. ` +
        `Name the folder that contains "${REGISTRY}", or unset the variable to let Terraform download the provider.`,
    );
  }
  const candidates = isNamed
    ? [named]
    : [...impliedMirrors(env, platform), ...systemFolders.flatMap(foldersIn)];
  const found = candidates.find((folder) => holdsProvider(folder, provider));
  if (found !== undefined) requireTrusted(found, provider, user);
  return found;
}

/** The Terraform CLI configuration that takes the mirror's providers from it and all others from the registry. */
function mirrorConfiguration(mirror) {
  const providers = foldersIn(join(mirror, REGISTRY))
    .flatMap(foldersIn)
    .map((folder) => folder.slice(mirror.length).split(/[\\/]/).filter(Boolean).join('/'));
  const list = JSON.stringify(providers);
  return [
    'provider_installation {',
    '  filesystem_mirror {',
    `    path    = ${JSON.stringify(mirror)}`,
    `    include = ${list}`,
    '  }',
    '  direct {',
    `    exclude = ${list}`,
    '  }',
    '}',
    '',
  ].join('\n');
}

module.exports = { findProviderMirror, mirrorConfiguration, REGISTRY, SYSTEM_FOLDERS };
