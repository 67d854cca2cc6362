import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  EC2Client,
  paginateDescribeVpcs,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import { GetDataLakeSettingsCommand, LakeFormationClient } from '@aws-sdk/client-lakeformation';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SFNClient, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import { missingRoles, neededRoles } from '../deploy/linked-roles';
import { errorMessage } from '../cli/errors';
import { PIPELINES } from '../runs/pipeline-inputs';
import type { SynthesizedStack } from '../terraform/synthesis';
import type { Target } from '../aws/target';
import { machineDefinition, synthesizedResources } from './synthesized';

/** Something that the account must have before a stage is deployed. */
export interface Precondition {
  readonly name: string;
  /** `not known`: it could not be asked for, which keeps nothing back. */
  readonly state: 'met' | 'not met' | 'not known';
  /** What was found, and for one that is not met what to do. */
  readonly detail: string;
}

type Answer = Omit<Precondition, 'name'>;

interface Question {
  readonly name: string;
  /** Of the local AWS nobody asks for quotas: it has none. */
  readonly onAwsOnly?: true;
  readonly ask: (target: Target, stacks: readonly SynthesizedStack[]) => Promise<Answer>;
}

const judge = (isMet: boolean, detail: string): Answer => ({ state: isMet ? 'met' : 'not met', detail });

/** Codes of the Service Quotas console. */
const QUOTAS = {
  onDemandVcpu: ['ec2', 'L-1216C47A'],
  spotVcpu: ['ec2', 'L-34B43A08'],
  serverlessVcpu: ['emr-serverless', 'L-D05C8A75'],
  vpcs: ['vpc', 'L-F678F1CE'],
} as const;

/** Networks that the two stacks make when none is given. */
const OWN_VPCS = 2;

async function quota(
  { client }: Target,
  [ServiceCode, QuotaCode]: readonly [string, string],
): Promise<number> {
  const { Quota } = await client(ServiceQuotasClient).send(
    new GetServiceQuotaCommand({ ServiceCode, QuotaCode }),
  );
  if (Quota?.Value === undefined) throw new Error(`quota ${QuotaCode} has no value`);
  return Quota.Value;
}

function increase([service, code]: readonly [string, string]): string {
  return `Ask for more: aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value N`;
}

async function largestVcpu({ client }: Target, types: readonly string[]): Promise<number> {
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: types as _InstanceType[] });
  const { InstanceTypes = [] } = await client(EC2Client).send(command);
  return Math.max(0, ...InstanceTypes.map(({ VCpuInfo }) => VCpuInfo?.DefaultVCpus ?? 0));
}

async function clusterVcpu(target: Target): Promise<{ readonly onDemand: number; readonly spot: number }> {
  const { primaryTypes, workerTypes, workers, spot } = target.settings.cluster;
  const primary = await largestVcpu(target, primaryTypes);
  const all = workers * (await largestVcpu(target, workerTypes));
  return spot ? { onDemand: primary, spot: all } : { onDemand: primary + all, spot: 0 };
}

async function enoughQuota(
  target: Target,
  code: readonly [string, string],
  needed: number,
  unit: string,
): Promise<Answer> {
  const allowed = await quota(target, code);
  const detail = `needed ${needed} ${unit}, allowed ${allowed}`;
  return judge(allowed >= needed, allowed >= needed ? detail : `${detail}. ${increase(code)}`);
}

async function typesInOneZone({ client, settings }: Target): Promise<Answer> {
  const { primaryTypes, workerTypes } = settings.cluster;
  const values = [...new Set([...primaryTypes, ...workerTypes])];
  const { InstanceTypeOfferings = [] } = await client(EC2Client).send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: values }],
    }),
  );
  const has = (zone: string | undefined, types: readonly string[]): boolean =>
    InstanceTypeOfferings.some(
      ({ Location, InstanceType = '' }) => Location === zone && types.includes(InstanceType),
    );
  const zones = [...new Set(InstanceTypeOfferings.map(({ Location }) => Location))].filter(
    (zone) => has(zone, primaryTypes) && has(zone, workerTypes),
  );
  return zones.length > 0
    ? judge(true, zones.sort().join(', '))
    : judge(false, `no zone offers one of ${primaryTypes.join(', ')} and one of ${workerTypes.join(', ')}`);
}

async function lakeFormationDefaults({ client }: Target): Promise<Answer> {
  const { DataLakeSettings } = await client(LakeFormationClient).send(new GetDataLakeSettingsCommand({}));
  const principals = (DataLakeSettings?.CreateTableDefaultPermissions ?? []).map(
    ({ Principal }) => Principal?.DataLakePrincipalIdentifier,
  );
  return principals.includes('IAM_ALLOWED_PRINCIPALS')
    ? judge(true, 'new tables are governed by IAM')
    : judge(
        false,
        'new tables are governed by Lake Formation alone: Firehose and Athena would be refused. Turn on "Use only IAM ' +
          'access control for new tables", or grant the roles of the stage access.',
      );
}

/** Stands where only AWS knows a value; as an ARN it passes as any resource's. */
const ANY_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:any';

async function validDefinitions({ client }: Target, stacks: readonly SynthesizedStack[]): Promise<Answer> {
  const problems = await Promise.all(
    stacks.map(async (stack) => {
      const definition = machineDefinition(synthesizedResources(stack)).replaceAll(/\$\{[^}]*\}/g, ANY_ARN);
      const { diagnostics = [] } = await client(SFNClient).send(
        new ValidateStateMachineDefinitionCommand({ definition, severity: 'ERROR' }),
      );
      return diagnostics.map(({ location, message }) => `${stack.name} ${location ?? ''}: ${message ?? ''}`);
    }),
  );
  const all = problems.flat();
  return all.length === 0 ? judge(true, 'both are valid') : judge(false, all.join('; '));
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'service-linked roles',
    ask: async (target) => {
      const missing = await missingRoles(target, neededRoles(PIPELINES, target.settings));
      const names = missing.map(({ name }) => name).join(', ');
      return judge(true, missing.length === 0 ? 'all are there' : `to be made before the stacks: ${names}`);
    },
  },
  {
    name: 'vCPU quota of On-Demand instances',
    onAwsOnly: true,
    ask: async (target) =>
      enoughQuota(target, QUOTAS.onDemandVcpu, (await clusterVcpu(target)).onDemand, 'vCPU'),
  },
  {
    name: 'vCPU quota of Spot instances',
    onAwsOnly: true,
    ask: async (target) => enoughQuota(target, QUOTAS.spotVcpu, (await clusterVcpu(target)).spot, 'vCPU'),
  },
  {
    name: 'vCPU quota of EMR Serverless',
    onAwsOnly: true,
    ask: (target) => enoughQuota(target, QUOTAS.serverlessVcpu, target.settings.emr.maxVcpu, 'vCPU'),
  },
  {
    name: 'quota of VPCs',
    onAwsOnly: true,
    ask: async (target) => {
      if (target.settings.network !== undefined) return judge(true, 'VPC_ID is given');
      let there = 0;
      for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: target.client(EC2Client) }, {}))
        there += Vpcs.length;
      return enoughQuota(target, QUOTAS.vpcs, there + OWN_VPCS, 'VPCs');
    },
  },
  { name: 'instance types in one zone', onAwsOnly: true, ask: typesInOneZone },
  { name: 'Lake Formation defaults', onAwsOnly: true, ask: lakeFormationDefaults },
  { name: 'definitions of the state machines', ask: validDefinitions },
];

/** Asks for all of them side by side; a question that AWS does not answer is `not known`, with the reason. */
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
