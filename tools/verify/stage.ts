import { randomInt } from 'node:crypto';
import type * as z from 'zod';
import { openTarget, type Target } from '../aws/target';
import type { StackOutputs } from '../deploy/deployment';
import { clickOutputs } from '../runs/click-pipeline';
import { covidOutputs } from '../runs/covid-pipeline';

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
export function openVerification(local: boolean | undefined): Promise<Target> {
  return openTarget({ local, stage: newStageName(), settings: FIXED_SETTINGS });
}

/** `v` and three random characters: some regions leave no room for more in the names of buckets. */
export function newStageName(): string {
  return `v${randomInt(36 ** 2, 36 ** 3).toString(36)}`;
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
