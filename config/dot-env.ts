import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseSettings, settingNames, type Settings, SettingsError } from './settings';

function readDotEnv(folder: string): NodeJS.ProcessEnv {
  const path = join(folder, '.env');
  if (!existsSync(path)) return {};
  const values = parseEnv(readFileSync(path, 'utf8'));
  const unknown = Object.keys(values).filter(
    (name) => !settingNames.includes(name) && !name.startsWith('AWS_'),
  );
  if (unknown.length > 0) {
    throw new SettingsError(
      `.env: ${unknown.join(', ')}: unknown setting. Settings are ${settingNames.join(', ')} and any AWS_ variable.`,
    );
  }
  return values;
}

/**
 * `environment` with the additional variables of the `.env` file in `folder`: settings, and variables of the AWS SDKs.
 *
 * @throws SettingsError when the file has any other name
 */
export function withDotEnv(folder: string, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...readDotEnv(folder), ...environment };
}

/**
 * Settings of this process: the environment, then the `.env` file in `folder`, then the defaults.
 *
 * @throws SettingsError when a setting is unknown or out of range
 */
export function loadSettings(folder: string, environment: NodeJS.ProcessEnv = process.env): Settings {
  return parseSettings(withDotEnv(folder, environment));
}
