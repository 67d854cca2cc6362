import { EMRClient, ListInstancesCommand } from '@aws-sdk/client-emr';
import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { errorMessage } from '../cli/errors';
import type { Target } from '../aws/target';
import { measureBucket } from './bucket-contents';
import prices from './prices.json';
import type { Resource } from './resource';

const HOURS_A_MONTH = 730;

/** What something costs while it stays; undefined when it depends on what cannot be asked. */
export interface HourlyCost {
  readonly usd: number | undefined;
  /** What the number consists of, or why there is none. */
  readonly note?: string;
}

const FREE: HourlyCost = { usd: 0 };

/** What a resource costs an hour at list prices, without traffic and requests. */
export async function hourlyCost(target: Target, { kind, id }: Resource): Promise<HourlyCost> {
  try {
    if (kind === 'EMR cluster') return await clusterCost(target, id);
    if (kind === 'S3 bucket') return await bucketCost(target, id);
    if (kind === 'VPC endpoint') return await endpointCost(target, id);
    const monthly = new Map(Object.entries(prices.monthly)).get(kind);
    if (monthly !== undefined) return { usd: monthly / HOURS_A_MONTH, note: `${monthly} USD a month` };
    if (kind === 'EC2 instance' || kind === 'EBS volume' || kind === 'other resource')
      return { usd: undefined, note: 'see the AWS price list' };
    return FREE;
  } catch (error) {
    return { usd: undefined, note: errorMessage(error) };
  }
}

async function clusterCost(target: Target, ClusterId: string): Promise<HourlyCost> {
  const states = ['AWAITING_FULFILLMENT', 'PROVISIONING', 'BOOTSTRAPPING', 'RUNNING'] as const;
  const { Instances = [] } = await target
    .client(EMRClient)
    .send(new ListInstancesCommand({ ClusterId, InstanceStates: [...states] }));
  const known = new Map(Object.entries(prices.emrInstanceHour));
  const types = Instances.map(({ InstanceType = 'unknown' }) => InstanceType);
  const costs = types.map((type) => known.get(type));
  if (types.length === 0) return { usd: 0, note: 'no instances' };
  const unpriced = [...new Set(types.filter((type) => !known.has(type)))];
  if (unpriced.length > 0)
    return { usd: undefined, note: `no price of ${unpriced.join(', ')} is known here` };
  const usd = costs.reduce<number>((sum, cost = 0) => sum + cost, 0);
  return { usd, note: `${types.join(', ')}; on demand, EMR's own fee taken as a quarter` };
}

async function bucketCost(target: Target, name: string): Promise<HourlyCost> {
  const { bytes, isComplete } = await measureBucket(target.client(S3Client), name, target.account);
  const usd = (bytes / 1e9) * (prices.s3GbMonth / HOURS_A_MONTH);
  return { usd, note: `${isComplete ? '' : 'more than '}${bytes.toLocaleString('en')} bytes` };
}

async function endpointCost(target: Target, id: string): Promise<HourlyCost> {
  const { VpcEndpoints = [] } = await target
    .client(EC2Client)
    .send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  const zones = VpcEndpoints.flatMap(({ VpcEndpointType, SubnetIds = [] }) =>
    VpcEndpointType === 'Interface' ? SubnetIds : [],
  );
  return { usd: zones.length * prices.interfaceEndpointZoneHour };
}
