import prices from '../../schemas/prices.json';
import { text } from '../terraform/plan/attributes';
import type { Attributes } from '../terraform/plan/plan-format';

/** An amount of US dollars at list prices. */
export interface Price {
  readonly usd: number;
  /** Whether it is not from a page of AWS. */
  readonly isEstimate: boolean;
}

export const HOURS_A_DAY = 24;
export const HOURS_A_MONTH = 730;

export const PRICE_REGION = prices.region;

interface Standing {
  readonly month?: number;
  readonly hour?: number;
  readonly published: boolean;
}

interface Instance {
  readonly instanceHour: number;
  readonly emrHour: number;
  readonly published: boolean;
}

const STANDING: ReadonlyMap<string, Standing> = new Map(Object.entries(prices.standing));
const INSTANCES: ReadonlyMap<string, Instance> = new Map(Object.entries(prices.emrOnEc2.instances));

const FREE: Price = { usd: 0, isEstimate: false };

/** The price per hour of an existing resource, used or not; undefined without a price of its type. */
export function standingHour(type: string, attributes: Attributes): Price | undefined {
  const price = STANDING.get(type);
  if (price === undefined) return undefined;
  const { month = 0, hour = 0, published } = price;
  // Only interface endpoints are billed, for each zone.
  const isEndpoint = type === 'aws_vpc_endpoint';
  if (
    isEndpoint &&
    !['Interface', 'GatewayLoadBalancer'].includes(text(attributes, 'vpc_endpoint_type') ?? '')
  )
    return FREE;
  const { subnet_ids: subnets } = attributes;
  const count = isEndpoint && Array.isArray(subnets) ? subnets.length : 1;
  return { usd: count * (hour + month / HOURS_A_MONTH), isEstimate: !published };
}

/** The price per hour of an EMR instance, including EC2; undefined when it is unknown. */
export function clusterInstanceHour(type: string): Price | undefined {
  const price = INSTANCES.get(type);
  return price && { usd: price.instanceHour + price.emrHour, isEstimate: !price.published };
}

/** The price per hour of EMR Serverless workers. */
export function workersHour(vCpu: number, memoryGb: number, architecture: 'arm64' | 'x86_64'): Price {
  const { vCpuHour, memoryGbHour, published } = prices.emrServerless[architecture];
  return { usd: vCpu * vCpuHour + memoryGb * memoryGbHour, isEstimate: !published };
}

/** The price per hour of bytes in S3 Standard. */
export function storageHour(bytes: number): Price {
  const { gbMonth, published } = prices.s3;
  return { usd: (bytes / 1e9) * (gbMonth / HOURS_A_MONTH), isEstimate: !published };
}

/** The minimum that Athena bills for a query that reads data. */
const LEAST_SCANNED_BYTES = 10_000_000;

export function queryPrice(scannedBytes: number): Price {
  const { usd, published } = prices.usage.athenaTb;
  const billed = scannedBytes === 0 ? 0 : Math.max(scannedBytes, LEAST_SCANNED_BYTES);
  return { usd: (billed / 1e12) * usd, isEstimate: !published };
}

/** The sum of prices, an estimate when one of them is. */
export function addPrices(all: readonly Price[]): Price {
  return {
    usd: all.reduce((sum, { usd }) => sum + usd, 0),
    isEstimate: all.some(({ usd, isEstimate }) => isEstimate && usd !== 0),
  };
}
