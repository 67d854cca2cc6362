import { clusterCost } from '../../../handlers/shared/compute/cluster-cost';
import { costOf } from '../../../handlers/shared/compute/job-run-cost';
import {
  ARTICLE_CLICK_SHAPE,
  billedBytes,
  clickItems,
  covidItems,
  totals,
  type ClickShape,
  type Usage,
} from '../../../tools/pricing/monthly-cost';

const usage: Usage = {
  clicks: 1_000_000,
  clicksPerRequest: 100,
  clickBytes: 300,
  runs: 30,
  jobMinutes: 2,
  clusterMinutes: 10,
};
const shape: ClickShape = {
  ...ARTICLE_CLICK_SHAPE,
  architecture: 'arm64',
  idleMinutes: 0,
  workers: { count: 2, vCpu: 2, memoryGb: 7 },
};

const cluster = {
  Instances: {
    InstanceFleets: [
      { Name: 'primary', TargetOnDemandCapacity: 1, InstanceTypeConfigs: [{ InstanceType: 'm7g.xlarge' }] },
      { Name: 'workers', TargetSpotCapacity: 2, InstanceTypeConfigs: [{ InstanceType: 'm5.xlarge' }] },
    ],
  },
};
const create = {
  Type: 'Task',
  Resource: 'arn:aws:states:::elasticmapreduce:createCluster.sync',
  Arguments: cluster,
};
const definition = JSON.stringify({ StartAt: 'Create', States: { Create: { ...create, End: true } } });
const covid = [
  { type: 'aws_sfn_state_machine', after: { definition } },
  { type: 'aws_kms_key', after: {} },
];
const place = { region: 'us-east-1', volumeGb: 32 };

const usdOf = (items: readonly { what: string; usd: number }[], what: string) =>
  items.find((item) => item.what === what)?.usd;

test.each([
  ['a single click is billed as 5 KB', 1, 300, 5_120],
  ['17 clicks are billed as 5 KB', 17, 300, 5_120],
  ['18 clicks are billed as 10 KB', 18, 300, 10_240],
  ['more clicks than a record holds are billed as two records', 4_000, 300, 1_024_000 + 179_200],
  ['no clicks are not billed', 0, 300, 0],
])('In Firehose %s.', (_title, clicks, bytes, billed) => {
  expect(billedBytes(clicks, bytes)).toBe(billed);
});

test.each([
  ['click', (month: Usage) => clickItems(month, shape)],
  ['covid', (month: Usage) => covidItems(month, covid, place)],
])(
  'The monthly cost of the %s pipeline is the sum of its items, without use of its idle items.',
  (_name, bill) => {
    const items = bill(usage);
    const { month, idle } = totals(items, usage.runs);
    expect(month).toBeCloseTo(items.reduce((sum, { usd }) => sum + usd, 0));
    expect(idle).toBeGreaterThan(0);
    expect(idle).toBeLessThan(month);
    expect(totals(bill({ ...usage, clicks: 0, runs: 0 }), 0)).toEqual({ month: idle, idle, run: 0 });
  },
);

test('The cost of a click job run is equal to the report of exec for the same billed resources.', () => {
  const billedResourceUtilization = { vCPUHour: 30 * (8 / 60), memoryGBHour: 30 * (28 / 60) };
  const { costUsd } = costOf({ billedResourceUtilization }, { region: 'us-east-1', architecture: 'arm64' });
  expect(usdOf(clickItems(usage, shape), 'EMR Serverless')).toBe(costUsd);
});

test('The cost of a cluster is equal to the report of exec for the same instances and time.', () => {
  const times = { startedAt: new Date(0), endedAt: new Date(600_000), isSpot: false };
  const instances = ['m7g.xlarge', 'm5.xlarge', 'm5.xlarge'].map((type) => ({ type, ...times }));
  const { usd } = clusterCost(instances, times.endedAt, 'us-east-1');
  expect(usdOf(covidItems(usage, covid, place), 'EC2 and EMR')).toBeCloseTo(30 * Number(usd));
});

test('The error about an instance type without a price has the type.', () => {
  const unpriced = [
    { type: 'aws_sfn_state_machine', after: { definition: definition.replace('m7g.xlarge', 'x9.huge') } },
  ];
  expect(() => covidItems(usage, unpriced, place)).toThrow('unknown price of x9.huge');
});
