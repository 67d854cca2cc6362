import { EC2, paginateDescribeVpcs, type _InstanceType } from '@aws-sdk/client-ec2';
import { LakeFormation } from '@aws-sdk/client-lakeformation';
import { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import { SFN } from '@aws-sdk/client-sfn';
import { missingRoles, neededRoles } from '../deploy/linked-roles';
import { errorMessage } from '../cli/errors';
import { PIPELINES } from '../runs/pipeline-inputs';
import type { SynthesizedStack } from '../terraform/synthesis';
import type { Target } from '../aws/target';
import { machineDefinition, synthesizedResources } from '../terraform/synthesized-resources';

/** Requirement of an account before a stage is deployed. */
export interface Precondition {
  readonly name: string;
  /** `not known`: the check failed, which does not stop the verification. */
  readonly state: 'met' | 'not met' | 'not known';
  /** Result, and the recommended action if it is not met. */
  readonly detail: string;
}

type Result = Omit<Precondition, 'name'>;

interface Check {
  readonly name: string;
  /** Not supported by the local AWS. */
  readonly onAwsOnly?: true;
  readonly run: (target: Target, stacks: readonly SynthesizedStack[]) => Promise<Result>;
}

const resultOf = (isMet: boolean, detail: string): Result => ({ state: isMet ? 'met' : 'not met', detail });

/** Networks that the two stacks create without an existing network. */
const OWN_VPCS = 2;

/**
 * Checks whether a quota is sufficient.
 *
 * @param code service and quota code of Service Quotas
 * @param needed undefined when the quota is not used with these settings
 */
function quota(
  name: string,
  [ServiceCode, QuotaCode]: readonly [string, string],
  unit: string,
  needed: (target: Target) => Promise<number | undefined>,
): Check {
  const run = async (target: Target): Promise<Result> => {
    const wanted = await needed(target);
    if (wanted === undefined) return resultOf(true, 'not used with these settings');
    const allowed = (await target.client(ServiceQuotas).getServiceQuota({ ServiceCode, QuotaCode })).Quota
      ?.Value;
    if (allowed === undefined) throw new Error(`quota ${QuotaCode} has no value`);
    const detail = `needed ${wanted} ${unit}, allowed ${allowed}`;
    const increase =
      `Request an increase: aws service-quotas request-service-quota-increase --service-code ${ServiceCode} ` +
      `--quota-code ${QuotaCode} --desired-value N`;
    return allowed >= wanted ? resultOf(true, detail) : resultOf(false, `${detail}. ${increase}`);
  };
  return { name, onAwsOnly: true, run };
}

async function largestVcpu({ client }: Target, types: readonly string[]): Promise<number> {
  const { InstanceTypes = [] } = await client(EC2).describeInstanceTypes({
    InstanceTypes: types as _InstanceType[],
  });
  return Math.max(0, ...InstanceTypes.map(({ VCpuInfo }) => VCpuInfo?.DefaultVCpus ?? 0));
}

async function clusterVcpu(target: Target): Promise<{ readonly onDemand: number; readonly spot: number }> {
  const { primaryTypes, workerTypes, workers, spot } = target.settings.cluster;
  const primary = await largestVcpu(target, primaryTypes);
  const all = workers * (await largestVcpu(target, workerTypes));
  return spot ? { onDemand: primary, spot: all } : { onDemand: primary + all, spot: 0 };
}

async function vpcs({ client, settings }: Target): Promise<number | undefined> {
  if (settings.network !== undefined) return undefined;
  let existing = 0;
  for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: client(EC2) }, {}))
    existing += Vpcs.length;
  return existing + OWN_VPCS;
}

async function typesInOneZone({ client, settings }: Target): Promise<Result> {
  const { primaryTypes, workerTypes } = settings.cluster;
  const values = [...new Set([...primaryTypes, ...workerTypes])];
  const { InstanceTypeOfferings = [] } = await client(EC2).describeInstanceTypeOfferings({
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: values }],
  });
  const has = (zone: string | undefined, types: readonly string[]): boolean =>
    InstanceTypeOfferings.some(
      ({ Location, InstanceType = '' }) => Location === zone && types.includes(InstanceType),
    );
  const zones = [...new Set(InstanceTypeOfferings.map(({ Location }) => Location))].filter(
    (zone) => has(zone, primaryTypes) && has(zone, workerTypes),
  );
  return zones.length > 0
    ? resultOf(true, zones.sort().join(', '))
    : resultOf(
        false,
        `no zone offers one of ${primaryTypes.join(', ')} and one of ${workerTypes.join(', ')}`,
      );
}

async function lakeFormationDefaults({ client }: Target): Promise<Result> {
  const { DataLakeSettings } = await client(LakeFormation).getDataLakeSettings({});
  const principals = (DataLakeSettings?.CreateTableDefaultPermissions ?? []).map(
    ({ Principal }) => Principal?.DataLakePrincipalIdentifier,
  );
  return principals.includes('IAM_ALLOWED_PRINCIPALS')
    ? resultOf(true, 'IAM controls the access to new tables')
    : resultOf(
        false,
        'only Lake Formation controls the access to new tables, which denies Firehose and Athena. Enable "Use only IAM ' +
          'access control for new tables", or grant access to the roles of the stage.',
      );
}

/** Placeholder for values that are known after apply; a valid ARN for any resource. */
const ANY_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:any';

async function validDefinitions({ client }: Target, stacks: readonly SynthesizedStack[]): Promise<Result> {
  const problems = await Promise.all(
    stacks.map(async (stack) => {
      const definition = machineDefinition(synthesizedResources(stack)).replaceAll(/\$\{[^}]*\}/g, ANY_ARN);
      const { diagnostics = [] } = await client(SFN).validateStateMachineDefinition({
        definition,
        severity: 'ERROR',
      });
      return diagnostics.map(({ location, message }) => `${stack.name} ${location ?? ''}: ${message ?? ''}`);
    }),
  );
  const all = problems.flat();
  return all.length === 0 ? resultOf(true, 'both are valid') : resultOf(false, all.join('; '));
}

async function linkedRoles(target: Target): Promise<Result> {
  const missing = await missingRoles(target, neededRoles(PIPELINES, target.settings));
  const names = missing.map(({ name }) => name).join(', ');
  return resultOf(true, missing.length === 0 ? 'all exist' : `to be created before the stacks: ${names}`);
}

const CHECKS: readonly Check[] = [
  { name: 'service-linked roles', run: linkedRoles },
  quota(
    'vCPU quota of On-Demand instances',
    ['ec2', 'L-1216C47A'],
    'vCPU',
    async (target) => (await clusterVcpu(target)).onDemand,
  ),
  quota(
    'vCPU quota of Spot instances',
    ['ec2', 'L-34B43A08'],
    'vCPU',
    async (target) => (await clusterVcpu(target)).spot,
  ),
  quota('vCPU quota of EMR Serverless', ['emr-serverless', 'L-D05C8A75'], 'vCPU', ({ settings }) =>
    Promise.resolve(settings.emr.maxVcpu),
  ),
  quota('quota of VPCs', ['vpc', 'L-F678F1CE'], 'VPCs', vpcs),
  { name: 'instance types in one zone', onAwsOnly: true, run: typesInOneZone },
  { name: 'Lake Formation defaults', onAwsOnly: true, run: lakeFormationDefaults },
  { name: 'definitions of the state machines', run: validDefinitions },
];

/** Runs all checks concurrently; a failed check is `not known`, with the reason. */
export function checkPreconditions(
  target: Target,
  stacks: readonly SynthesizedStack[],
): Promise<Precondition[]> {
  const checks = CHECKS.filter(({ onAwsOnly }) => target.kind === 'aws' || onAwsOnly !== true);
  return Promise.all(
    checks.map(async ({ name, run }): Promise<Precondition> => {
      try {
        return { name, ...(await run(target, stacks)) };
      } catch (error) {
        return { name, state: 'not known', detail: errorMessage(error) };
      }
    }),
  );
}
