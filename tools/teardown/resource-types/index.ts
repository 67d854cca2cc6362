import type { ResourceType } from '../resource';
import { databaseKind, deliveryStreamKind } from './delivery';
import { keyAliasKind, keyKind } from './encryption';
import { functionKind, stateMachineKind } from './functions';
import { instanceProfileKind, roleKind } from './identity';
import { queueKind, ruleKind, scheduleGroupKind, topicKind } from './messaging';
import { alarmKind, dashboardKind, logGroupKind } from './monitoring';
import { endpointKind, instanceKind, routeTableKind, subnetKind, volumeKind, vpcKind } from './network';
import { securityGroupKind } from './security-groups';
import { applicationKind, clusterKind, securityConfigurationKind, studioKind } from './spark';
import { bucketKind } from './storage';

/** Every kind of resource, in the order in which they can be removed: users before what they use. */
export const KINDS: readonly ResourceType[] = [
  scheduleGroupKind,
  ruleKind,
  alarmKind,
  dashboardKind,
  clusterKind,
  stateMachineKind,
  applicationKind,
  functionKind,
  deliveryStreamKind,
  studioKind,
  bucketKind,
  databaseKind,
  queueKind,
  topicKind,
  logGroupKind,
  securityConfigurationKind,
  keyAliasKind,
  keyKind,
  instanceKind,
  volumeKind,
  endpointKind,
  securityGroupKind,
  subnetKind,
  routeTableKind,
  vpcKind,
  instanceProfileKind,
  roleKind,
];

/** The kind and id of an ARN; undefined for a part of something, or for what no stack makes. */
export function identify(arn: string): { readonly type: ResourceType; readonly id: string } | undefined {
  for (const type of KINDS) {
    const id = type.arn.exec(arn)?.[1];
    if (id !== undefined) return { type, id };
  }
  return undefined;
}
