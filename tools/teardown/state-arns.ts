import type { Target } from '../aws/target';
import { arnOf } from '../aws/arns';
import type { StateResource } from '../terraform/state-document';

/** The ARN under which the inventory knows a resource of the state; undefined for a part of another resource. */
export function arnInState(target: Target, { type, arn, id }: StateResource): string | undefined {
  if (type === 'aws_emr_security_configuration' && id !== undefined) {
    return arnOf(target, 'elasticmapreduce', `security-configuration/${id}`);
  }
  if (type === 'aws_cloudwatch_dashboard' && id !== undefined) {
    return arnOf(target, 'cloudwatch', `dashboard/${id}`, { region: '' });
  }
  // A table, an object or a rule of a group belongs to what holds it, and so does what has no ARN.
  return PARTS.has(type) ? undefined : arn;
}

const PARTS = new Set([
  'aws_s3_object',
  'aws_glue_catalog_table',
  'aws_scheduler_schedule',
  'aws_vpc_security_group_ingress_rule',
  'aws_vpc_security_group_egress_rule',
]);
