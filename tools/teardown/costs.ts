import { EMR } from '@aws-sdk/client-emr';
import { EC2 } from '@aws-sdk/client-ec2';
import { S3 } from '@aws-sdk/client-s3';
import { errorMessage } from '../cli/errors';
import type { Target } from '../aws/target';
import { measureBucket } from './bucket-contents';
import {
  addPrices,
  clusterInstanceHour,
  HOURS_A_MONTH,
  standingHour,
  storageHour,
  type Price,
} from '../pricing/prices';
import type { Resource } from './resource';

export interface HourlyCost {
  readonly usd: number | undefined;
  /** How the cost is computed, or why it is unknown. */
  readonly note?: string;
  readonly hasFailed?: boolean;
}

const FREE: HourlyCost = { usd: 0 };

/** Resource kinds with a fixed price, with their Terraform resource types. */
const STANDING: ReadonlyMap<string, string> = new Map([
  ['KMS key', 'aws_kms_key'],
  ['CloudWatch alarm', 'aws_cloudwatch_metric_alarm'],
  ['CloudWatch dashboard', 'aws_cloudwatch_dashboard'],
]);

/** Hourly cost of a resource at list prices, without data transfer and requests. */
export async function hourlyCost(
  target: Target,
  { kind, id }: Pick<Resource, 'kind' | 'id'>,
): Promise<HourlyCost> {
  try {
    if (kind === 'EMR cluster') return await clusterCost(target, id);
    if (kind === 'S3 bucket') return await bucketCost(target, id);
    if (kind === 'VPC endpoint') return await endpointCost(target, id);
    const type = STANDING.get(kind);
    const standing = type === undefined ? undefined : standingHour(type, {});
    if (standing !== undefined)
      return describe(standing, `${(standing.usd * HOURS_A_MONTH).toFixed(2)} USD per month`);
    if (kind === 'EC2 instance' || kind === 'EBS volume' || kind === 'other resource')
      return { usd: undefined, note: 'see the AWS price list' };
    return FREE;
  } catch (error) {
    return { usd: undefined, note: errorMessage(error), hasFailed: true };
  }
}

async function clusterCost(target: Target, ClusterId: string): Promise<HourlyCost> {
  const states = ['AWAITING_FULFILLMENT', 'PROVISIONING', 'BOOTSTRAPPING', 'RUNNING'] as const;
  const { Instances = [] } = await target
    .client(EMR)
    .listInstances({ ClusterId, InstanceStates: [...states] });
  const types = Instances.map(({ InstanceType = 'unknown' }) => InstanceType);
  if (types.length === 0) return { usd: 0, note: 'no instances' };
  const unpriced = [...new Set(types.filter((type) => clusterInstanceHour(type) === undefined))];
  if (unpriced.length > 0) return { usd: undefined, note: `the price of ${unpriced.join(', ')} is unknown` };
  return describe(addPrices(types.flatMap((type) => clusterInstanceHour(type) ?? [])), types.join(', '));
}

async function bucketCost(target: Target, name: string): Promise<HourlyCost> {
  const { bytes, isComplete } = await measureBucket(target.client(S3), name, target.account);
  const note = `${isComplete ? '' : 'more than '}${bytes.toLocaleString('en')} bytes`;
  return describe(storageHour(bytes), note);
}

async function endpointCost(target: Target, id: string): Promise<HourlyCost> {
  const { VpcEndpoints = [] } = await target.client(EC2).describeVpcEndpoints({ VpcEndpointIds: [id] });
  const hours = VpcEndpoints.flatMap(({ VpcEndpointType, SubnetIds }) => {
    const attributes = { vpc_endpoint_type: VpcEndpointType, subnet_ids: SubnetIds };
    return standingHour('aws_vpc_endpoint', attributes) ?? [];
  });
  return describe(addPrices(hours));
}

function describe({ usd, isEstimate }: Price, note?: string): HourlyCost {
  const parts = [note, isEstimate && usd > 0 && 'estimated price'].filter(Boolean);
  return parts.length === 0 ? { usd } : { usd, note: parts.join('; ') };
}
