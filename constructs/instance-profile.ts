import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ServiceRole } from './service-role';

export interface InstanceProfileProps {
  readonly profileName: string;
  /** ARN of the profile, computed from its name. */
  readonly profileArn: string;
  /** Role of the instances; trusts ec2.amazonaws.com. */
  readonly role: ServiceRole;
}

export class InstanceProfile extends Construct {
  readonly arn: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: InstanceProfileProps) {
    super(scope, id);
    this.arn = props.profileArn;
    const profile = new IamInstanceProfile(this, 'Resource', {
      name: props.profileName,
      role: props.role.roleName,
    });
    this.ready = [...props.role.ready, profile];
  }
}
