import type { Settings } from '../../config/settings';
import { stateName } from '../../config/state-location';

type StateSettings = Pick<Settings, 'appPrefix' | 'stage' | 'region' | 'stateBucket'>;

/** Replaces or completes Terraform's messages about a stack where they leave open what to do. */
export function explainErrors(settings: StateSettings, stack: string): (message: string) => string {
  return (message) => explain(message, settings, stack);
}

function explain(message: string, settings: StateSettings, stack: string): string {
  if (/saved plan is stale/i.test(message))
    return (
      `The state of the stack ${stack} has changed since its plan was made: another deployment was faster. ` +
      'Nothing of this plan was applied. Run the command again for a plan of what is there now.'
    );
  if (/NoSuchBucket|S3 bucket "[^"]*" does not exist/.test(message))
    return (
      `The bucket of the Terraform state does not exist (STATE_BUCKET). Make it as "A bucket for ` +
      `Terraform's state" in docs/runbook.md describes, or correct the setting.\n${message}`
    );
  if (message.includes('Error acquiring the state lock')) return explainLock(message, settings, stack);
  return message;
}

function explainLock(message: string, settings: StateSettings, stack: string): string {
  const facts = ['Who', 'Operation', 'Created'].flatMap(
    (label) => new RegExp(`${label}:\\s+(.+)`).exec(message)?.[1]?.trim() ?? [],
  );
  // The lock of a file ends with its process; S3's is an object, which one that has crashed leaves behind.
  const release =
    settings.stateBucket === undefined
      ? ''
      : `; if it has crashed, remove its lock: aws s3 rm s3://${settings.stateBucket}/${stateName(settings, stack)}.tflock`;
  return (
    `The Terraform state of the stack ${stack} is locked${facts.length > 0 ? ` (${facts.join(', ')})` : ''}: another ` +
    `deploy or cleanup is running. Nothing was changed. Wait until it has ended${release}`
  );
}
