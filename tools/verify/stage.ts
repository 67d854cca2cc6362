import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { NameError, Names } from '../../config/names';
import { loadSettings, type Settings } from '../../config/settings';
import { ROOT } from '../cli/paths';
import { clickOutputs } from '../runs/click-pipeline';
import { covidOutputs } from '../runs/covid-pipeline';
import { TaskError } from '../cli/errors';
import type { StackOutputs } from '../deploy/deployment';
import { openTarget, type Target } from '../aws/target';

/** First part of the stage's name, the longest that fits first: some regions leave little room in bucket names. */
const PREFIXES = ['verify', 'vfy', 'v'];
const RANDOM_BYTES = 2;
const RANDOM_LENGTH = 3;

/** An account id is as long as any other. */
const ANY_ACCOUNT = '123456789012';

/** The longest name that both stacks give. */
const LONGEST_BUCKET = 'loggregator-source';

/**
 * Settings that a verification fixes, whatever `.env` says: nothing starts by itself, nobody gets messages, and a
 * bucket that still holds objects can be deleted.
 */
export const FIXED_SETTINGS = {
  ALARM_EMAIL: '',
  COVID_ON_UPLOAD: 'off',
  COVID_SCHEDULE: 'off',
  FIREHOSE_BUFFER_SECONDS: '60',
  FORCE_DESTROY: 'on',
  NO_DATA_HOURS: '0',
} as const;

/** Opens the place of a verification, with a new stage. */
export async function openVerification(local: boolean | undefined): Promise<Target> {
  const settings = loadSettings(ROOT);
  return openTarget({ local, stage: newStageName(settings), settings: FIXED_SETTINGS });
}

/** A stage name of its own: `verify` and three random characters, shorter where the region's name is long. */
export function newStageName(
  { appPrefix, region }: Pick<Settings, 'appPrefix' | 'region'>,
  random: string = randomSuffix(),
): string {
  const fitting = PREFIXES.map((prefix) => prefix + random).find((stage) =>
    fits({ appPrefix, region, stage }),
  );
  if (fitting !== undefined) return fitting;
  throw new TaskError(
    `APP_PREFIX=${appPrefix} leaves no room for a stage of the verification in ${region}: bucket names would be longer ` +
      'than 63 characters. Set a shorter APP_PREFIX.',
  );
}

function randomSuffix(): string {
  return randomBytes(RANDOM_BYTES)
    .readUInt16BE()
    .toString(36)
    .padStart(RANDOM_LENGTH, '0')
    .slice(-RANDOM_LENGTH);
}

function fits(settings: Pick<Settings, 'appPrefix' | 'region' | 'stage'>): boolean {
  try {
    new Names(settings, ANY_ACCOUNT).bucket(LONGEST_BUCKET);
    return true;
  } catch (error) {
    if (error instanceof NameError) return false;
    throw error;
  }
}

/** The deployed stage, and what its scenarios share. */
export interface VerifiedStage {
  readonly target: Target;
  readonly clicks: z.infer<typeof clickOutputs>;
  readonly covid: z.infer<typeof covidOutputs>;
}

export function describeStage(target: Target, outputs: StackOutputs): VerifiedStage {
  return {
    target,
    clicks: clickOutputs.parse(outputs.clicklogger),
    covid: covidOutputs.parse(outputs.covid),
  };
}
