import prices from '../../../schemas/prices.json';
import { parseSettings } from '../../../config/settings';
import {
  addPrices,
  clusterInstanceHour,
  queryPrice,
  standingHour,
  workersHour,
} from '../../../tools/pricing/prices';

const { emrServerless, emrOnEc2, standing, s3, usage } = prices;
const figures: [string, { published: boolean; source: string; read: string }][] = [
  ...Object.entries(emrServerless),
  ...Object.entries(emrOnEc2.instances),
  ...Object.entries(standing),
  ...Object.entries(usage),
  ['s3', s3],
];

test.each(figures)(
  'The price of %s has a date and a source, which is a page of AWS for a published price.',
  (_name, figure) => {
    expect(figure.read).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(figure.source).not.toBe('');
    if (figure.published) expect(figure.source).toMatch(/^https:\/\/aws\.amazon\.com\//);
  },
);

test('Every default instance type of a cluster has a price.', () => {
  const { primaryTypes, workerTypes } = parseSettings({}).cluster;
  for (const type of [...primaryTypes, ...workerTypes]) expect(clusterInstanceHour(type)).toBeDefined();
  expect(clusterInstanceHour('x9.huge')).toBeUndefined();
});

test('A monthly price is converted to a price per hour; an unknown type has no price.', () => {
  expect(standingHour('aws_kms_key', {})).toEqual({ usd: 1 / 730, isEstimate: false });
  expect(standingHour('aws_db_instance', {})).toBeUndefined();
});

test.each([
  [0, 0],
  [1, 0.00005],
  [1e12, 5],
])(
  'A query that reads %d bytes costs %d USD: at least 10 MB are billed, unless it reads nothing.',
  (bytes, usd) => {
    expect(queryPrice(bytes)).toEqual({ usd, isEstimate: true });
  },
);

test('An interface endpoint is billed for each zone, a gateway endpoint is not billed.', () => {
  const endpoint = (vpc_endpoint_type: string | undefined, ...subnet_ids: string[]) =>
    standingHour('aws_vpc_endpoint', { vpc_endpoint_type, subnet_ids })?.usd;
  expect(endpoint('Interface', 'a', 'b')).toBeCloseTo(0.02);
  expect(endpoint('Gateway')).toBe(0);
  expect(endpoint(undefined)).toBe(0);
});

test('A sum is an estimate when one of its parts above 0 is an estimate.', () => {
  const exact = workersHour(1, 1, 'x86_64');
  const estimate = workersHour(1, 1, 'arm64');
  expect([exact.isEstimate, estimate.isEstimate]).toEqual([false, true]);
  expect(addPrices([exact, { usd: 0, isEstimate: true }]).isEstimate).toBe(false);
  expect(addPrices([exact, estimate])).toEqual({ usd: exact.usd + estimate.usd, isEstimate: true });
});
