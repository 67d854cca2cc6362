import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../../config/dot-env';
import { EMULATOR_STATE, LOCAL, LOCAL_SYNTH, ROOT } from '../cli/paths';
import { clientEnvironment } from './client-environment';
import {
  eraseEmulator,
  runningEmulator,
  startEmulator,
  stopEmulator,
  type EmulatorInstance,
  type StartOptions,
} from './emulator-process';
import { atExit } from '../cli/exit-actions';
import { changed, type EnvironmentChange } from '../terraform/terraform-environment';

export interface LocalAws {
  readonly instance: EmulatorInstance;
  /** Environment variables of its clients. */
  readonly change: EnvironmentChange;
  /** The environment of this process with these variables. */
  readonly env: NodeJS.ProcessEnv;
  readonly startedHere: boolean;
  /** Keeps it running after the task. */
  readonly keep: () => void;
}

/** Reuses the running local AWS, or starts one that ends with the task unless it is kept. */
export async function ensureLocalAws(
  options: Pick<StartOptions, 'clockFactor' | 'faults' | 'decisions'> & { outlive?: boolean } = {},
): Promise<LocalAws> {
  const found = runningEmulator();
  let keep = (): void => undefined;
  if (found === undefined)
    keep = atExit(async () => {
      await stopEmulator();
    });
  const { outlive = false, ...rest } = options;
  const instance = found ?? (await startEmulator({ ...rest, parent: outlive ? undefined : process.pid }));
  return describeLocalAws(instance, { startedHere: found === undefined, keep });
}

export function findLocalAws(): LocalAws | undefined {
  const instance = runningEmulator();
  return instance && describeLocalAws(instance, { startedHere: false, keep: () => undefined });
}

function describeLocalAws(
  instance: EmulatorInstance,
  rest: Pick<LocalAws, 'startedHere' | 'keep'>,
): LocalAws {
  const { region } = loadSettings(ROOT);
  const change = clientEnvironment(instance, region);
  return { instance, change, env: changed(process.env, change), ...rest };
}

/** Stops the local AWS and deletes its data and Terraform states; false when it did not run. */
export async function removeLocalAws(): Promise<boolean> {
  const stopped = await stopEmulator();
  eraseEmulator(EMULATOR_STATE);
  rmSync(LOCAL_SYNTH, { recursive: true, force: true });
  // Other files are kept: ~/.local/state belongs to other programs too.
  const states = join(LOCAL, 'state');
  for (const name of existsSync(states) ? readdirSync(states) : [])
    if (name.includes('.tfstate')) rmSync(join(states, name));
  return stopped;
}
