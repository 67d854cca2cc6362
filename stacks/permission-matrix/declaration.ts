import type { LinkedRole } from '../../config/linked-roles';

/** Settings that require additional permissions. */
export type DeclaredSetting =
  'CLUSTER_CLOUDWATCH_LOGS' | 'CLUSTER_ENCRYPTION' | 'CLUSTER_SPOT' | 'CUSTOMER_MANAGED_KEYS';

/** A request to AWS that IAM allows or denies. */
export interface PermissionRequest {
  /** `s3:GetObject` */
  readonly action: string;
  /** ARN; `*` for an action that does not support resources. */
  readonly resource: string;
  /** Values of condition keys, in addition to the keys of every request. @default none */
  readonly context?: Readonly<Record<string, string>>;
  /** Setting that requires the permission. @default always required */
  readonly setting?: DeclaredSetting;
}

/** Required and forbidden requests of a role. */
export interface RoleDeclaration {
  readonly may: readonly PermissionRequest[];
  readonly mayNot: readonly PermissionRequest[];
}

/** Declarations by the purpose in the name of the role, e.g. `job`. */
export type PermissionMatrix = Readonly<Record<string, RoleDeclaration>>;

export interface DeploymentScope {
  /** `aws` */
  readonly partition: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** First part of all names: `PREFIX-STAGE`. */
  readonly base: string;
  readonly applicationId: string;
  /** Id of the KMS key of the disks of clusters. */
  readonly keyId: string;
  /** Id of the KMS key of the data. */
  readonly dataKeyId: string;
}

export function request(
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): PermissionRequest {
  return { action, resource, context };
}

/** A request that is required only with the setting. */
export function onlyWith(setting: DeclaredSetting, needed: PermissionRequest): PermissionRequest {
  return { ...needed, setting };
}

/** Use of the data key through a service, with customer managed keys. */
export function dataKeyUses(
  { partition, accountId, region, dataKeyId }: DeploymentScope,
  service: string,
  ...actions: readonly ('Decrypt' | 'GenerateDataKey')[]
): PermissionRequest[] {
  const key = `arn:${partition}:kms:${region}:${accountId}:key/${dataKeyId}`;
  const through = { 'kms:ViaService': `${service}.${region}.amazonaws.com` };
  return actions.map((action) => onlyWith('CUSTOMER_MANAGED_KEYS', request(`kms:${action}`, key, through)));
}

/** ARNs of the resources of both pipelines. */
export function arnsOf({ partition, accountId, region, base }: DeploymentScope) {
  return {
    arn: (service: string, resource: string): string =>
      `arn:${partition}:${service}:${region}:${accountId}:${resource}`,
    bucket: (purpose: string): string => `arn:${partition}:s3:::${region}-${base}-${purpose}-${accountId}`,
    role: (purpose: string): string => `arn:${partition}:iam::${accountId}:role/${base}-${purpose}-${region}`,
    linkedRole: ({ service, name }: LinkedRole): string =>
      `arn:${partition}:iam::${accountId}:role/aws-service-role/${service}/${name}`,
  };
}
