'use strict';
const { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const { homedir } = require('node:os');
const process = require('node:process');

const REGISTRY = 'registry.terraform.io';

/** System folders that usually contain a provider mirror. */
const SYSTEM_FOLDERS = ['/opt', '/usr/local', '/usr/local/share', '/usr/share', '/srv', '/var/lib'];

/** The implied local mirror directories of Terraform. */
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

/** The path, its parents, and for a link those of its target. */
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

/** Mode bits: writable by group or others; sticky; all bits. */
const [WRITABLE, STICKY, MODE] = [0o022, 0o1000, 0o7777];

/** Why users other than root and `user` can change a path; undefined when they cannot. */
function accessProblem(place, user, isParent) {
  const stat = lstatSync(place);
  if (stat.uid !== 0 && stat.uid !== user) return `belongs to user ID ${stat.uid}`;
  // The mode of a link has no meaning. In a sticky folder such as /tmp users cannot replace files of other users.
  if ((stat.mode & WRITABLE) === 0 || stat.isSymbolicLink()) return undefined;
  if (isParent && (stat.mode & STICKY) !== 0) return undefined;
  return `is writable by other users (mode ${(stat.mode & MODE).toString(8)})`;
}

/** Throws when users other than root and `user` can replace the provider, which Terraform runs with the user's credentials. */
function requireTrusted(mirror, provider, user) {
  // Windows has no user IDs and modes.
  if (user === undefined) return;
  for (const file of everythingIn(resolve(mirror, REGISTRY, provider))) {
    for (const place of placesOf(file)) {
      const problem = accessProblem(place, user, place !== file);
      if (problem !== undefined)
        throw expectedError(
          `The Terraform provider in ${mirror} is not trusted, because Terraform runs it with your credentials: ${place} ${problem}. ` +
            `Fix it (chown, chmod go-w), remove ${mirror}, or set CLICKLOGGER_PROVIDER_MIRROR to another folder.`,
        );
    }
  }
}

/**
 * A folder on this machine with copies of Terraform providers; without one (undefined), Terraform downloads from its registry.
 * CLICKLOGGER_PROVIDER_MIRROR overrides the search. Throws when users other than root and `user` can change the folder:
 * Terraform could still read it as an implied mirror.
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
      `CLICKLOGGER_PROVIDER_MIRROR is "${named}", but ${join(named, REGISTRY, provider)} does not exist. ` +
        `Set it to the folder that contains "${REGISTRY}", or unset it, and Terraform downloads the provider.`,
    );
  }
  const candidates = isNamed
    ? [named]
    : [...impliedMirrors(env, platform), ...systemFolders.flatMap(foldersIn)];
  const found = candidates.find((folder) => holdsProvider(folder, provider));
  if (found !== undefined) requireTrusted(found, provider, user);
  return found;
}

/** The Terraform CLI configuration that installs the providers of the mirror from it, and others from the registry. */
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
