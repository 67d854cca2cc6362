import kept from '../teardown/prices.json';
import { code, table } from './markdown';
import type { Attributes, ResourceChange } from '../terraform/plan-format';
import prices from './prices.json';
import { runCost, type RunCost } from './run-costs';
import { startsPerDay } from './schedule-reading';
import { nameOf, text, type ReviewContext, type Section } from './section';

/** Days of a month, for prices by the month. */
const MONTH_DAYS = 30.4;

const HOURLY = new Map(Object.entries(prices.hourly));
const MONTHLY = new Map<string, number>([
  ...Object.entries(prices.monthly),
  ['aws_kms_key', kept.monthly['KMS key']],
  ['aws_cloudwatch_metric_alarm', kept.monthly['CloudWatch alarm']],
  ['aws_cloudwatch_dashboard', kept.monthly['CloudWatch dashboard']],
]);

/** US dollars that a resource costs a day while it stays, used or not. */
function perDay(type: string, attributes: Attributes | undefined): number {
  if (attributes === undefined) return 0;
  if (type === 'aws_vpc_endpoint' && text(attributes, 'vpc_endpoint_type') === 'Interface') {
    const zones = Array.isArray(attributes.subnet_ids) ? attributes.subnet_ids.length : 1;
    return zones * kept.interfaceEndpointZoneHour * 24;
  }
  return (HOURLY.get(type) ?? 0) * 24 + (MONTHLY.get(type) ?? 0) / MONTH_DAYS;
}

interface MachineCost {
  readonly change: ResourceChange;
  readonly before: RunCost | undefined;
  readonly after: RunCost | undefined;
  readonly runs: { readonly before: number; readonly after: number };
}

/** What the change does to the bill, by the day and by the run; absent when it does nothing to what can be told. */
export function costs({ all, changed, now }: ReviewContext): Section | undefined {
  const fixed = changed
    .map((change) => ({
      change,
      before: perDay(change.type, change.before),
      after: perDay(change.type, change.after),
    }))
    .filter(({ before, after }) => before !== after);
  const starts = { before: startsPerDay(all, 'before', now), after: startsPerDay(all, 'after', now) };
  const applications = all.filter(({ type }) => type === 'aws_emrserverless_application');
  const machines = all
    .filter(({ type }) => type === 'aws_sfn_state_machine')
    .map((change) => machineCost(change, applications, starts))
    .filter((machine) => isDifferent(machine));
  if (fixed.length === 0 && machines.length === 0) return undefined;
  const daily = fixed.reduce((sum, { before, after }) => sum + after - before, 0);
  return {
    title: 'Cost',
    verdict: verdict(daily, machines),
    blocks: [
      { line: `- ${verdict(daily, machines).join(', ')} (at most; a run that finds no data starts nothing)` },
      {
        line: '- Figures and assumptions',
        detail: [
          table(['What', 'Before', 'After'], [...fixed.map(fixedRow), ...machines.flatMap(machineRows)]),
          ASSUMPTIONS,
        ].join('\n\n'),
      },
    ],
  };
}

const ASSUMPTIONS =
  `List prices of ${kept.region}, ${kept.asOf}. Compute counts with the dearest of the instance types, Spot at the price of On-Demand, ` +
  'until its time limits; disks, requests, Firehose, storage and log volume are not counted.';

interface Starts {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
}

function machineCost(
  change: ResourceChange,
  applications: readonly ResourceChange[],
  starts: Starts,
): MachineCost {
  const own = applications.filter(({ stack }) => stack === change.stack);
  const name = nameOf(change);
  return {
    change,
    before: runCost(text(change.before, 'definition'), 'before', own),
    after: runCost(text(change.after, 'definition'), 'after', own),
    runs: { before: starts.before.get(name) ?? 0, after: starts.after.get(name) ?? 0 },
  };
}

function isDifferent({ before, after, runs }: MachineCost): boolean {
  if (before === undefined && after === undefined) return false;
  return before?.usd !== after?.usd || before?.basis !== after?.basis || runs.before !== runs.after;
}

function verdict(daily: number, machines: readonly MachineCost[]): string[] {
  const isUnknown = ({ before, after }: MachineCost): boolean =>
    (before !== undefined && before.usd === undefined) || (after !== undefined && after.usd === undefined);
  const known = machines.filter((machine) => !isUnknown(machine));
  const scheduled = known.filter(({ runs }) => runs.before > 0 || runs.after > 0);
  const byDay = scheduled.reduce(
    (sum, { before, after, runs }) => sum + (after?.usd ?? 0) * runs.after - (before?.usd ?? 0) * runs.before,
    0,
  );
  const byRun = known
    .filter((machine) => !scheduled.includes(machine))
    .reduce((sum, { before, after }) => sum + (after?.usd ?? 0) - (before?.usd ?? 0), 0);
  return [
    ...(isNothing(daily) && isNothing(byDay) ? [] : [`${range(daily, byDay)} a day`]),
    ...(isNothing(byRun) ? [] : [`${range(0, byRun)} a run`]),
    ...(known.length < machines.length ? ['cost unknown'] : []),
  ];
}

/** Less than a tenth of a cent. */
function isNothing(usd: number): boolean {
  return Math.abs(usd) < 0.001;
}

/** "+$0.00–$3.10": what changes in any case, and what changes when every run takes all its time. */
function range(fixed: number, variable: number): string {
  const [low, high] = [fixed, fixed + variable];
  if (isNothing(variable)) return signed(low);
  if (low >= 0 && high >= 0)
    return `+${[low, high]
      .sort((a, b) => a - b)
      .map(dollars)
      .join('–')}`;
  if (low <= 0 && high <= 0)
    return `−${[-low, -high]
      .sort((a, b) => a - b)
      .map(dollars)
      .join('–')}`;
  return `${signed(low)} to ${signed(high)}`;
}

function signed(usd: number): string {
  return `${usd < 0 ? '−' : '+'}${dollars(Math.abs(usd))}`;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

function fixedRow({
  change,
  before,
  after,
}: {
  change: ResourceChange;
  before: number;
  after: number;
}): string[] {
  return [`${code(change.type)} ${code(nameOf(change))}, a day`, dollars(before), dollars(after)];
}

function machineRows({ change, before, after, runs }: MachineCost): string[][] {
  const told = (cost: RunCost | undefined): string => {
    if (cost === undefined) return '';
    return `${cost.usd === undefined ? '**unknown**' : `up to ${dollars(cost.usd)}`}: ${code(cost.basis)}`;
  };
  return [
    [`a run of ${code(nameOf(change))}`, told(before), told(after)],
    ...(runs.before === 0 && runs.after === 0
      ? []
      : [[`its scheduled runs a day`, count(runs.before), count(runs.after)]]),
  ];
}

function count(runs: number): string {
  return Number.isInteger(runs) ? String(runs) : runs.toFixed(2);
}
