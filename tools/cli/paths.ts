import { join } from 'node:path';
import { localFolder } from '../../config/local-folder';

/** The folder that holds package.json. */
export const ROOT = join(__dirname, '../..');

/** A path inside the checkout. */
export function fromRoot(...parts: string[]): string {
  return join(ROOT, ...parts);
}

/** All state of the local AWS and of the tasks lies here; git ignores it. */
export const LOCAL = localFolder(ROOT);

/** State directory of the emulator that the `local` tasks share. */
export const EMULATOR_STATE = join(LOCAL, 'emulator');

/** Where a shell of `local:env` synthesizes to, apart from cdktf.out: the two never share a Terraform backend. */
export const LOCAL_SYNTH = join(LOCAL, 'cdktf.out');

/** The venv's Python. */
export const PYTHON = fromRoot(
  process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python',
);
