import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import type { Construct } from 'constructs';

export interface PairedSecurityGroupProps {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Security group with mutual references to other groups: its rules must be revoked before it can be deleted. */
export function pairedSecurityGroup(
  scope: Construct,
  id: string,
  props: PairedSecurityGroupProps,
): SecurityGroup {
  return new SecurityGroup(scope, id, {
    ...props,
    revokeRulesOnDelete: true,
    tags: { ...props.tags, Name: props.name },
  });
}
