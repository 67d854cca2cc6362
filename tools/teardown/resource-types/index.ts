import { instanceProfileType, keyAliasType, keyType, roleType } from './access';
import { bucketType } from './bucket';
import {
  endpointType,
  instanceType,
  routeTableType,
  securityGroupType,
  subnetType,
  volumeType,
  vpcType,
} from './ec2';
import { applicationType, clusterType, securityConfigurationType, studioType } from './emr';
import type { ResourceType } from './resource-type';
import {
  alarmType,
  dashboardType,
  databaseType,
  deliveryStreamType,
  functionType,
  logGroupType,
  queueType,
  ruleType,
  scheduleGroupType,
  stateMachineType,
  topicType,
  workgroupType,
} from './services';

/** All resource types in deletion order: dependents first. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  scheduleGroupType,
  ruleType,
  alarmType,
  dashboardType,
  clusterType,
  stateMachineType,
  applicationType,
  functionType,
  deliveryStreamType,
  studioType,
  workgroupType,
  bucketType,
  databaseType,
  queueType,
  topicType,
  logGroupType,
  securityConfigurationType,
  keyAliasType,
  keyType,
  instanceType,
  volumeType,
  endpointType,
  securityGroupType,
  subnetType,
  routeTableType,
  vpcType,
  instanceProfileType,
  roleType,
];

/** The type and ID of an ARN; undefined for other types. */
export function identify(arn: string): { readonly type: ResourceType; readonly id: string } | undefined {
  for (const type of RESOURCE_TYPES) {
    const id = type.arn.exec(arn)?.[1];
    if (id !== undefined) return { type, id };
  }
  return undefined;
}
