import { EventBridge } from '@aws-sdk/client-eventbridge';
import { ignoreNotFound } from '../aws/aws-errors';
import type { Target } from '../aws/target';
import { pause } from '../aws/waiting';
import { errorMessage } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import { hourlyCost, type HourlyCost } from './costs';
import { findResources } from './found-resources';
import { divide, ownTriggers, type Choices, type Inventory } from './inventory';
import { arnsOf, isOurs, type Resource } from './resource';
import { belongsTo, readAgain } from './stack-state';
import { findTriggers } from './triggers';

/** A resource that still exists, and what it costs. */
export interface Leftover {
  readonly resource: Resource;
  readonly cost: HourlyCost;
}

/** What the audit has found. */
export interface Audit {
  readonly left: readonly Leftover[];
  /** Buckets that the user keeps. */
  readonly retained: readonly Leftover[];
  /** What stays and needs no action, in words. */
  readonly expected: readonly string[];
  /** Addresses that a state still lists, by stack. */
  readonly stillInState: readonly string[];
  readonly failedLookups: readonly string[];
}

/** Services show what was deleted for a while: the audit looks this often before it reports that something is left. */
const MAX_LOOKS = 6;

/** Rules that Step Functions creates for `.sync` tasks, once an account and region. */
const SHARED_RULES = [
  'StepFunctionsGetEventsForEMRServerlessJobRule',
  'StepFunctionsGetEventForEMRRunJobFlowRule',
  'StepFunctionsGetEventForEMRAddJobFlowStepsRule',
  'StepFunctionsGetEventForEMRTerminateJobFlowsRule',
];

/** True when nothing is left, and no look-up has failed. */
export function isClean({ left, stillInState, failedLookups }: Audit): boolean {
  return left.length + stillInState.length + failedLookups.length === 0;
}

/** Searches for what is left by state, by tag and by name. */
export async function audit(
  target: Target,
  inventory: Inventory,
  choices: Choices,
  { update }: Pick<StepOutput, 'update'>,
): Promise<Audit> {
  let found = await look(target, inventory, choices);
  // What is not to be removed does not disappear by itself.
  for (let looks = 1; looks < MAX_LOOKS && found.left.some(isOurs); looks += 1) {
    update(`${found.left.length} resources are still shown; looking again`);
    await pause(target);
    found = await look(target, inventory, choices);
  }
  const price = async (resource: Resource): Promise<Leftover> => ({
    resource,
    cost: await hourlyCost(target, resource),
  });
  return {
    ...found,
    left: await Promise.all(found.left.map(price)),
    retained: await Promise.all(found.retained.map(price)),
  };
}

type Look = Omit<Audit, 'left' | 'retained'> & Readonly<Record<'left' | 'retained', readonly Resource[]>>;

async function look(target: Target, inventory: Inventory, choices: Choices): Promise<Look> {
  const states = await Promise.all(inventory.states.map(readAgain));
  const found = await findResources(target, states);
  const { retained } = divide(target, found, choices);
  const failedLookups = [...found.failedLookups];
  const notes = await expectedNotes(target, inventory).catch((error: unknown) => {
    failedLookups.push(`look-up of schedules and rules: ${errorMessage(error)}`);
    return [];
  });
  const pending = found.pendingDeletion.map(
    ({ resource, reason }) => `${resource.kind} ${resource.id}: ${reason}`,
  );
  return {
    left: found.resources.filter((resource) => !retained.includes(resource)),
    retained,
    failedLookups,
    expected: [...pending, ...notes],
    stillInState: states.flatMap(({ name, resources }) =>
      resources
        .filter((resource) => !belongsTo(resource, retained))
        .map(({ address }) => `${address} (stack ${name})`),
    ),
  };
}

async function expectedNotes(target: Target, { found, toDelete }: Inventory): Promise<string[]> {
  const events = target.client(EventBridge);
  const rules = SHARED_RULES.map(async (Name) => {
    const call = events.describeRule({ Name });
    const rule = await ignoreNotFound(call, 'ResourceNotFoundException');
    return rule === undefined ? [] : [`rule ${Name}: made by Step Functions, shared by the account, free`];
  });
  const triggers = await findTriggers(target, arnsOf(found.resources, 'state machine'));
  const own = ownTriggers(triggers, toDelete);
  const foreign = triggers
    .filter((trigger) => !own.includes(trigger))
    .map(
      ({ kind, name }) => `${kind} ${name}: not made by this project, starts a state machine that is gone`,
    );
  return [...(await Promise.all(rules)).flat(), ...foreign];
}
