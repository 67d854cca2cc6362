import type { Target } from './target';

/** ARN in the target's account and region; the options override them for services like IAM and S3. */
export function arnOf(
  target: Pick<Target, 'account' | 'region'>,
  service: string,
  resource: string,
  { region = target.region, account = target.account }: { region?: string; account?: string } = {},
): string {
  return `arn:${partitionOf(target.region)}:${service}:${region}:${account}:${resource}`;
}

export function stateMachineArn(target: Pick<Target, 'account' | 'region'>, name: string): string {
  return arnOf(target, 'states', `stateMachine:${name}`);
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
