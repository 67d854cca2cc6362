import * as access from './access';
import { bucketType } from './bucket';
import * as ec2 from './ec2';
import * as emr from './emr';
import type { ResourceType } from './resource-type';
import * as services from './services';

/** All resource types in deletion order: dependents first. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  services.scheduleGroupType,
  services.ruleType,
  services.alarmType,
  services.dashboardType,
  emr.clusterType,
  services.stateMachineType,
  emr.applicationType,
  services.functionType,
  services.deliveryStreamType,
  emr.studioType,
  services.workgroupType,
  bucketType,
  services.databaseType,
  services.queueType,
  services.topicType,
  services.logGroupType,
  emr.securityConfigurationType,
  access.keyAliasType,
  access.keyType,
  ec2.instanceType,
  ec2.volumeType,
  ec2.endpointType,
  ec2.securityGroupType,
  ec2.subnetType,
  ec2.routeTableType,
  ec2.vpcType,
  access.instanceProfileType,
  access.roleType,
];

/** The type and ID of an ARN; undefined for other types. */
export function identify(arn: string): { readonly type: ResourceType; readonly id: string } | undefined {
  for (const type of RESOURCE_TYPES) {
    const id = type.arn.exec(arn)?.[1];
    if (id !== undefined) return { type, id };
  }
  return undefined;
}
