import prices from '../../schemas/prices.json';
import { text } from '../terraform/plan/attributes';
import type { Attributes } from '../terraform/plan/plan-format';

/** An amount of US dollars at list prices. */
export interface Price {
  readonly usd: number;
  /** Whether it is none that was read on a page of AWS: to be shown as an estimate. */
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

/** What a resource costs an hour while it exists, used or not; undefined when no price of its type is known. */
export function standingHour(type: string, attributes: Attributes): Price | undefined {
  const price = STANDING.get(type);
  if (price === undefined) return undefined;
  const { month = 0, hour = 0, published } = price;
  // Only an interface endpoint costs, in each of its zones.
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

/** What an instance of an EMR cluster costs an hour, EMR's own price included; undefined when it is not known. */
export function clusterInstanceHour(type: string): Price | undefined {
  const price = INSTANCES.get(type);
  return price && { usd: price.instanceHour + price.emrHour, isEstimate: !price.published };
}

/** What workers of EMR Serverless cost an hour. */
export function workersHour(vCpu: number, memoryGb: number, architecture: 'arm64' | 'x86_64'): Price {
  const { vCpuHour, memoryGbHour, published } = prices.emrServerless[architecture];
  return { usd: vCpu * vCpuHour + memoryGb * memoryGbHour, isEstimate: !published };
}

/** What stored bytes cost an hour in S3's standard class. */
export function storageHour(bytes: number): Price {
  const { gbMonth, published } = prices.s3;
  return { usd: (bytes / 1e9) * (gbMonth / HOURS_A_MONTH), isEstimate: !published };
}

/** Athena bills so many bytes a query at least, unless it reads nothing. */
const LEAST_SCANNED_BYTES = 10_000_000;

/** What a query costs that has read so many bytes. */
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
