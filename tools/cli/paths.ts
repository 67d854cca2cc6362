import { join } from 'node:path';
import { localFolder } from '../../config/local-folder';

export const ROOT = join(__dirname, '../..');

export function fromRoot(...parts: string[]): string {
  return join(ROOT, ...parts);
}

/** The folder with the state of the local AWS and of the tasks; git ignores it. */
export const LOCAL = localFolder(ROOT);

/** State directory of the local AWS of the `local` tasks. */
export const EMULATOR_STATE = join(LOCAL, 'emulator');

/** Synthesis folder of a shell with `local:env`: it must not share a Terraform backend with cdktf.out. */
export const LOCAL_SYNTH = join(LOCAL, 'cdktf.out');

export const PYTHON = fromRoot(
  process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python',
);
