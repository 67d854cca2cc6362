import { architectureOf, quantity, runCost, type RunCost } from '../pricing/run-costs';
import {
  addPrices,
  HOURS_A_DAY,
  PRICE_REGION,
  standingHour,
  workersHour,
  type Price,
} from '../pricing/prices';
import type { Attributes, ResourceChange } from '../terraform/plan/plan-format';
import { resourceType } from '../terraform/resource-types';
import { code, countEach, counted, table } from './markdown';
import { startsPerDay } from './workflows/schedule-reading';
import { blocks, itemsIf, nameOf, number, text, type ReviewContext, type Section } from './section';

interface StandingCost {
  readonly change: ResourceChange;
  readonly before: Price;
  readonly after: Price;
}

interface MachineCost {
  readonly change: ResourceChange;
  readonly before: RunCost | undefined;
  readonly after: RunCost | undefined;
  /** Scheduled runs per day. */
  readonly runs: { readonly before: number; readonly after: number };
}

const NOTHING: Price = { usd: 0, isEstimate: false };

/** Price differences per day and per run, and resources without a price. */
export function costs({ all, changed, now }: ReviewContext): Section | undefined {
  const standing = changed.map(standingCost).filter(({ before, after }) => before.usd !== after.usd);
  const starts = { before: startsPerDay(all, 'before', now), after: startsPerDay(all, 'after', now) };
  const applications = all.filter(({ type }) => type === 'aws_emrserverless_application');
  const priced = all
    .filter(({ type }) => type === 'aws_sfn_state_machine')
    .map((change) => machineCost(change, applications, starts));
  const machines = priced.filter(isDifferent);
  // The price of a state machine is the price of its runs.
  const runs = new Map(priced.map(({ change, after }) => [change, after?.usd]));
  const costly = changed.filter(({ type, kind }) => kind === 'create' && costsMoney(type));
  const unpriced = costly.filter(
    (change) => standingHour(change.type, change.after ?? {}) === undefined && runs.get(change) === undefined,
  );
  const kinds = [...countEach(unpriced.map(({ type }) => type))];
  const ready = changed.flatMap(readyWorkers);
  const missing = [...kinds.map(([type, count]) => `${count} ${code(type)}`), ...ready];
  if (standing.length + machines.length + missing.length === 0) return undefined;
  const isWhole = missing.length === 0 && machines.every((machine) => sidesOf(machine).every(isKnown));
  const amounts = summary(standing, machines);
  const total = counted(costly.length, 'new resource');
  const share = itemsIf(costly.length > 0, `${costly.length - unpriced.length} of ${total} priced`);
  const rows = [...standing.map(standingRow), ...machines.flatMap(machineRows)];
  const figures = table(['What', 'Before', 'After'], rows);
  return {
    title: 'Cost',
    summary: [
      ...itemsIf(ready.length > 0, '**pre-initialized workers**'),
      ...amounts,
      ...itemsIf(amounts.length > 0 && unpriced.length > 0, ...share),
    ],
    blocks: [
      {
        line: `- ${[...amounts, ...share].join(', ') || 'no priced resource changes'}${isWhole ? AT_MOST : ''}`,
      },
      ...itemsIf(missing.length > 0, { line: `- 🟧 Not priced: ${missing.join(', ')}` }),
      ...itemsIf(rows.length > 0, {
        line: '- Figures and assumptions',
        detail: `${figures}\n\n${ASSUMPTIONS}`,
      }),
    ],
  };
}

const AT_MOST = ' (at most; a run without data starts no compute)';

const ASSUMPTIONS =
  `List prices of ${PRICE_REGION}; ≈ marks prices that are not from a page of AWS (schemas/prices.json has the source and date of each). ` +
  'Compute is priced by the most expensive instance type, Spot at On-Demand prices, up to the time limits; ' +
  'disks, requests, Firehose, storage and log volume are not counted.';

function standingCost(change: ResourceChange): StandingCost {
  const day = (attributes: Attributes | undefined): Price => {
    const price = attributes === undefined ? undefined : standingHour(change.type, attributes);
    return price === undefined ? NOTHING : { ...price, usd: price.usd * HOURS_A_DAY };
  };
  return { change, before: day(change.before), after: day(change.after) };
}

function costsMoney(type: string): boolean {
  return type.startsWith('aws_') && resourceType(type)?.costsMoney !== false;
}

/** Pre-initialized workers, billed while the application is started, which is not in the plan. */
function readyWorkers(change: ResourceChange): string[] {
  const { type, before, after } = change;
  const [old, now] = [before?.initial_capacity, after?.initial_capacity];
  if (type !== 'aws_emrserverless_application' || JSON.stringify(old) === JSON.stringify(now)) return [];
  const prices = blocks(now).flatMap((capacity) => {
    const [config] = blocks(capacity.initial_capacity_config);
    const [worker] = blocks(config?.worker_configuration);
    const [count, cpu, memory] = [
      number(config, 'worker_count'),
      quantity(worker, 'cpu'),
      quantity(worker, 'memory'),
    ];
    if (count === undefined || cpu === undefined || memory === undefined) return [];
    const { usd, isEstimate } = workersHour(cpu, memory, architectureOf(after));
    return [{ usd: usd * count, isEstimate }];
  });
  if (blocks(now).length === 0) return [];
  const hour = prices.length < blocks(now).length ? 'price unknown' : `${amount(addPrices(prices))} per hour`;
  return [`pre-initialized workers of ${code(nameOf(change))} (${hour} while the application is started)`];
}

function machineCost(
  change: ResourceChange,
  applications: readonly ResourceChange[],
  starts: { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> },
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

function sidesOf({ before, after }: MachineCost): RunCost[] {
  return [before, after].filter((cost) => cost !== undefined);
}

function isKnown({ usd }: RunCost): boolean {
  return usd !== undefined;
}

function summary(standing: readonly StandingCost[], machines: readonly MachineCost[]): string[] {
  const known = machines.filter((machine) => sidesOf(machine).every(isKnown));
  const isEstimate =
    standing.some(({ before, after }) => before.isEstimate || after.isEstimate) ||
    known.some((machine) => sidesOf(machine).some((cost) => cost.isEstimate));
  const daily = standing.reduce((sum, { before, after }) => sum + after.usd - before.usd, 0);
  const byDay = known.reduce(
    (sum, { before, after, runs }) => sum + (after?.usd ?? 0) * runs.after - (before?.usd ?? 0) * runs.before,
    0,
  );
  const byRun = known
    .filter(({ runs }) => runs.before === 0 && runs.after === 0)
    .reduce((sum, { before, after }) => sum + (after?.usd ?? 0) - (before?.usd ?? 0), 0);
  const about = isEstimate ? '≈ ' : '';
  return [
    ...itemsIf(!isNothing(daily) || !isNothing(byDay), `${about}${range(daily, byDay)} per day`),
    ...itemsIf(!isNothing(byRun), `${about}${range(0, byRun)} per run`),
    ...itemsIf(known.length < machines.length, 'cost unknown'),
  ];
}

/** Less than a tenth of a cent. */
function isNothing(usd: number): boolean {
  return Math.abs(usd) < 0.001;
}

/** "+$0.00–$3.10": the fixed difference, and the difference with runs up to their time limits. */
function range(fixed: number, variable: number): string {
  const [low, high] = [fixed, fixed + variable];
  if (isNothing(variable)) return signed(low);
  if (low * high < 0) return `${signed(low)} to ${signed(high)}`;
  const sizes = [low, high].map(Math.abs).sort((a, b) => a - b);
  return `${low + high < 0 ? '−' : '+'}${sizes.map(dollars).join('–')}`;
}

function signed(usd: number): string {
  return `${usd < 0 ? '−' : '+'}${dollars(Math.abs(usd))}`;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

function amount({ usd, isEstimate }: Price): string {
  return `${isEstimate ? '≈ ' : ''}${dollars(usd)}`;
}

function standingRow({ change, before, after }: StandingCost): string[] {
  return [`${code(change.type)} ${code(nameOf(change))}, per day`, amount(before), amount(after)];
}

function machineRows({ change, before, after, runs }: MachineCost): string[][] {
  const describe = (cost: RunCost | undefined): string => {
    if (cost === undefined) return '';
    const { usd, isEstimate, basis } = cost;
    const price = usd === undefined ? '**unknown**' : `up to ${amount({ usd, isEstimate })}`;
    return `${price}: ${code(basis)}`;
  };
  return [
    [`a run of ${code(nameOf(change))}`, describe(before), describe(after)],
    ...itemsIf(runs.before + runs.after > 0, [
      'scheduled runs per day',
      count(runs.before),
      count(runs.after),
    ]),
  ];
}

function count(runs: number): string {
  return Number.isInteger(runs) ? String(runs) : runs.toFixed(2);
}
