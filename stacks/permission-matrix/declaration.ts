import type { LinkedRole } from '../../config/linked-roles';

/** Settings with which alone a role needs some of its permissions. */
export type DeclaredSetting =
  'CLUSTER_CLOUDWATCH_LOGS' | 'CLUSTER_ENCRYPTION' | 'CLUSTER_SPOT' | 'CUSTOMER_MANAGED_KEYS';

/** A call of AWS, as IAM is asked whether a role may make it. */
export interface PermissionRequest {
  /** `s3:GetObject` */
  readonly action: string;
  /** ARN; `*` for an action that does not support resources. */
  readonly resource: string;
  /** Values of condition keys, in addition to those of every call. @default none */
  readonly context?: Readonly<Record<string, string>>;
  /** Setting without which the role does not need this. @default needed always */
  readonly setting?: DeclaredSetting;
}

/** What a role must be able to do, and what it must not. */
export interface RoleDeclaration {
  readonly may: readonly PermissionRequest[];
  readonly mayNot: readonly PermissionRequest[];
}

/** Declarations by the purpose in the role's name, e.g. `job`. */
export type PermissionMatrix = Readonly<Record<string, RoleDeclaration>>;

/** Which deployment a matrix is about. */
export interface DeploymentScope {
  /** `aws` */
  readonly partition: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** What names begin with: `PREFIX-STAGE`. */
  readonly base: string;
  /** AWS gives it to the EMR Serverless application. */
  readonly applicationId: string;
  /** AWS gives it to the KMS key of the cluster's disks. */
  readonly keyId: string;
  /** AWS gives it to the KMS key of the data. */
  readonly dataKeyId: string;
}

export function request(
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): PermissionRequest {
  return { action, resource, context };
}

/** The same, needed only while the setting is on. */
export function onlyWith(setting: DeclaredSetting, needed: PermissionRequest): PermissionRequest {
  return { ...needed, setting };
}

/** The uses of the key of the data through a service, needed only while there is one. */
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
