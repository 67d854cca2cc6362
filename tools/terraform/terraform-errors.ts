import type { Settings } from '../../config/settings';
import { stateName } from '../../config/state-location';

type StateSettings = Pick<Settings, 'appPrefix' | 'stage' | 'region' | 'stateBucket'>;

/** Adds the next step to some of Terraform's messages about a stack. */
export function explainErrors(settings: StateSettings, stack: string): (message: string) => string {
  return (message) => explain(message, settings, stack);
}

function explain(message: string, settings: StateSettings, stack: string): string {
  if (/saved plan is stale/i.test(message))
    return (
      `The state of the stack ${stack} has changed since the plan: another deployment was faster. ` +
      'The plan was not applied. Run the command again for a new plan.'
    );
  if (/NoSuchBucket|S3 bucket "[^"]*" does not exist/.test(message))
    return (
      `The bucket of the Terraform state does not exist (STATE_BUCKET). Create it as "A bucket for ` +
      `Terraform's state" in docs/runbook.md describes, or correct the setting.\n${message}`
    );
  if (message.includes('Error acquiring the state lock')) return explainLock(message, settings, stack);
  return message;
}

function explainLock(message: string, settings: StateSettings, stack: string): string {
  const facts = ['Who', 'Operation', 'Created'].flatMap(
    (label) => new RegExp(`${label}:\\s+(.+)`).exec(message)?.[1]?.trim() ?? [],
  );
  // The lock of a local state ends with its process; the lock in S3 is an object.
  const release =
    settings.stateBucket === undefined
      ? ''
      : `; if it crashed, remove its lock: aws s3 rm s3://${settings.stateBucket}/${stateName(settings, stack)}.tflock`;
  return (
    `The Terraform state of the stack ${stack} is locked${facts.length > 0 ? ` (${facts.join(', ')})` : ''}: another ` +
    `deploy or cleanup is running. Nothing was changed. Wait until it ends${release}`
  );
}
