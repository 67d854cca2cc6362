'use strict';
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
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

const holdsProvider = (folder, provider) => existsSync(join(folder, REGISTRY, provider));

/**
 * A folder on this machine that holds copies of Terraform providers, or undefined when there is none
 * (Terraform then downloads from its registry). CLICKLOGGER_PROVIDER_MIRROR names it outright.
 */
function findProviderMirror({
  env = process.env,
  platform = process.platform,
  systemFolders = SYSTEM_FOLDERS,
  provider = 'hashicorp/aws',
} = {}) {
  const named = env.CLICKLOGGER_PROVIDER_MIRROR;
  if (named !== undefined && named !== '') {
    if (holdsProvider(named, provider)) return named;
    throw new Error(
      `CLICKLOGGER_PROVIDER_MIRROR is "${named}", but there is no ${join(named, REGISTRY, provider)}. ` +
        `Name the folder that contains "${REGISTRY}", or unset the variable to let Terraform download the provider.`,
    );
  }
  const candidates = [...impliedMirrors(env, platform), ...systemFolders.flatMap(foldersIn)];
  return candidates.find((folder) => holdsProvider(folder, provider));
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
