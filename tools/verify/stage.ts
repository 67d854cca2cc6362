import { randomInt } from 'node:crypto';
import type * as z from 'zod';
import { openTarget, type Target } from '../aws/target';
import type { StackOutputs } from '../deploy/deployment';
import { clickOutputs } from '../runs/click-pipeline';
import { covidOutputs } from '../runs/covid-pipeline';

/**
 * Settings of a verification, which override `.env`: no triggers, no e-mail, and buckets with objects can be deleted.
 */
export const FIXED_SETTINGS = {
  ALARM_EMAIL: '',
  COVID_ON_UPLOAD: 'off',
  COVID_SCHEDULE: 'off',
  FIREHOSE_BUFFER_SECONDS: '60',
  FORCE_DESTROY: 'on',
  NO_DATA_HOURS: '0',
} as const;

/** Opens the target of a verification with a new stage. */
export function openVerification(local: boolean | undefined): Promise<Target> {
  return openTarget({ local, stage: newStageName(), settings: FIXED_SETTINGS });
}

/** `v` and three random characters: bucket names in some regions have no space for more. */
export function newStageName(): string {
  return `v${randomInt(36 ** 2, 36 ** 3).toString(36)}`;
}

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
