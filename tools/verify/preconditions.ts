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

/** Something that the account must have before a stage is deployed. */
export interface Precondition {
  readonly name: string;
  /** `not known`: AWS did not answer, which does not stop the verification. */
  readonly state: 'met' | 'not met' | 'not known';
  /** What was found, and for one that is not met what to do. */
  readonly detail: string;
}

type Answer = Omit<Precondition, 'name'>;

interface Question {
  readonly name: string;
  /** The local AWS has no quotas and the like. */
  readonly onAwsOnly?: true;
  readonly ask: (target: Target, stacks: readonly SynthesizedStack[]) => Promise<Answer>;
}

const answer = (isMet: boolean, detail: string): Answer => ({ state: isMet ? 'met' : 'not met', detail });

/** Networks that the two stacks create when none is given. */
const OWN_VPCS = 2;

/**
 * The question whether a quota is large enough.
 *
 * @param code service and code of the Service Quotas console
 * @param needed undefined when the quota does not matter with these settings
 */
function quota(
  name: string,
  [ServiceCode, QuotaCode]: readonly [string, string],
  unit: string,
  needed: (target: Target) => Promise<number | undefined>,
): Question {
  const ask = async (target: Target): Promise<Answer> => {
    const wanted = await needed(target);
    if (wanted === undefined) return answer(true, 'not used with these settings');
    const allowed = (await target.client(ServiceQuotas).getServiceQuota({ ServiceCode, QuotaCode })).Quota
      ?.Value;
    if (allowed === undefined) throw new Error(`quota ${QuotaCode} has no value`);
    const detail = `needed ${wanted} ${unit}, allowed ${allowed}`;
    const increase =
      `Ask for more: aws service-quotas request-service-quota-increase --service-code ${ServiceCode} ` +
      `--quota-code ${QuotaCode} --desired-value N`;
    return allowed >= wanted ? answer(true, detail) : answer(false, `${detail}. ${increase}`);
  };
  return { name, onAwsOnly: true, ask };
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

async function typesInOneZone({ client, settings }: Target): Promise<Answer> {
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
    ? answer(true, zones.sort().join(', '))
    : answer(false, `no zone offers one of ${primaryTypes.join(', ')} and one of ${workerTypes.join(', ')}`);
}

async function lakeFormationDefaults({ client }: Target): Promise<Answer> {
  const { DataLakeSettings } = await client(LakeFormation).getDataLakeSettings({});
  const principals = (DataLakeSettings?.CreateTableDefaultPermissions ?? []).map(
    ({ Principal }) => Principal?.DataLakePrincipalIdentifier,
  );
  return principals.includes('IAM_ALLOWED_PRINCIPALS')
    ? answer(true, 'new tables are governed by IAM')
    : answer(
        false,
        'new tables are governed by Lake Formation alone: Firehose and Athena would be refused. Turn on "Use only IAM ' +
          'access control for new tables", or grant the roles of the stage access.',
      );
}

/** In place of values that only AWS knows; it is valid as the ARN of any resource. */
const ANY_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:any';

async function validDefinitions({ client }: Target, stacks: readonly SynthesizedStack[]): Promise<Answer> {
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
  return all.length === 0 ? answer(true, 'both are valid') : answer(false, all.join('; '));
}

async function linkedRoles(target: Target): Promise<Answer> {
  const missing = await missingRoles(target, neededRoles(PIPELINES, target.settings));
  const names = missing.map(({ name }) => name).join(', ');
  return answer(true, missing.length === 0 ? 'all exist' : `to be created before the stacks: ${names}`);
}

const QUESTIONS: readonly Question[] = [
  { name: 'service-linked roles', ask: linkedRoles },
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
  { name: 'instance types in one zone', onAwsOnly: true, ask: typesInOneZone },
  { name: 'Lake Formation defaults', onAwsOnly: true, ask: lakeFormationDefaults },
  { name: 'definitions of the state machines', ask: validDefinitions },
];

/** Checks all of them at the same time; one that AWS does not answer is `not known`, with the reason. */
export function askPreconditions(
  target: Target,
  stacks: readonly SynthesizedStack[],
): Promise<Precondition[]> {
  const questions = QUESTIONS.filter(({ onAwsOnly }) => target.kind === 'aws' || onAwsOnly !== true);
  return Promise.all(
    questions.map(async ({ name, ask }): Promise<Precondition> => {
      try {
        return { name, ...(await ask(target, stacks)) };
      } catch (error) {
        return { name, state: 'not known', detail: errorMessage(error) };
      }
    }),
  );
}
