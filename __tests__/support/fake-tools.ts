import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder';

/** Shell scripts by command name; {@link GOOD_TOOLS} has a supported version of each. */
export type Tools = Readonly<Record<string, string>>;

export const GOOD_TOOLS: Tools = {
  java: `echo 'openjdk version "17.0.9" 2023-10-17' >&2`,
  mvn: `echo 'Apache Maven 3.9.6'`,
  python3: `echo 'Python 3.12.1'`,
  terraform: `echo 'Warning: Unable to open CLI configuration file' >&2; echo '{"terraform_version":"1.9.8"}'`,
};

/** Writes the tools to a new folder, as programs of a PATH. */
export function installTools(tools: Tools): string {
  const folder = temporaryFolder();
  for (const [name, body] of Object.entries(tools)) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}
