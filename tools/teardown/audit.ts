import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { errorMessage } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { ignoreNotFound } from '../aws/aws-errors';
import { hourlyCost, type HourlyCost } from './costs';
import { belongsTo } from './destruction';
import { takeInventory } from './inventory';
import { isOurs, type Resource } from './resource';
import { readAgain, type StackState } from './stack-state';
import { divide, type Choices, type Survey } from './survey';
import { findTriggers } from './triggers';
import { pause } from '../aws/waiting';
import { arnsOf, ownTriggers } from './work';

/** Something that is still there, and what that costs. */
export interface Leftover {
  readonly resource: Resource;
  readonly cost: HourlyCost;
}

/** What the audit has found. */
export interface Audit {
  readonly left: readonly Leftover[];
  /** Buckets that the user keeps. */
  readonly kept: readonly Leftover[];
  /** What stays and needs nobody's action, in words. */
  readonly expected: readonly string[];
  /** Addresses that a state still lists, by stack. */
  readonly remembered: readonly string[];
  /** Look-ups that failed. */
  readonly blind: readonly string[];
}

/** Services show what was deleted for a while: so often the audit looks again before it says that something is left. */
const LOOKS = 6;

/** Rules that Step Functions makes for `.sync` tasks, once an account and region. */
const SHARED_RULES = [
  'StepFunctionsGetEventsForEMRServerlessJobRule',
  'StepFunctionsGetEventForEMRRunJobFlowRule',
  'StepFunctionsGetEventForEMRAddJobFlowStepsRule',
  'StepFunctionsGetEventForEMRTerminateJobFlowsRule',
];

/** True when nothing is left, and every look-up that says so has worked. */
export function isClean({ left, remembered, blind }: Audit): boolean {
  return left.length === 0 && remembered.length === 0 && blind.length === 0;
}

/** Looks by state, by tag and by name for what is left. */
export async function audit(
  target: Target,
  plan: Survey,
  choices: Choices,
  { update }: StepOutput,
): Promise<Audit> {
  let found = await look(target, plan, choices);
  // What nobody asked to remove does not go by itself.
  const mayStillGo = (): boolean => found.left.some(isOurs);
  for (let count = 1; count < LOOKS && mayStillGo(); count += 1) {
    update(`${found.left.length} resources are still shown; looking again`);
    await pause(target);
    found = await look(target, plan, choices);
  }
  const price = async (resource: Resource): Promise<Leftover> => ({
    resource,
    cost: await hourlyCost(target, resource),
  });
  return {
    ...found,
    left: await Promise.all(found.left.map(price)),
    kept: await Promise.all(found.kept.map(price)),
  };
}

type Look = Omit<Audit, 'left' | 'kept'> & Readonly<Record<'left' | 'kept', readonly Resource[]>>;

async function look(target: Target, plan: Survey, choices: Choices): Promise<Look> {
  const states = await Promise.all(plan.states.map(readAgain));
  const inventory = await takeInventory(target, states);
  const { kept } = divide(target, inventory, choices);
  const left = inventory.resources.filter((resource) => !kept.includes(resource));
  const blind = [...inventory.blind];
  const notes = await expectedNotes(target, plan).catch((error: unknown) => {
    blind.push(`look-up of schedules and rules: ${errorMessage(error)}`);
    return [];
  });
  const leaving = inventory.leaving.map(
    ({ resource, reason }) => `${resource.kind} ${resource.id}: ${reason}`,
  );
  return { left, kept, blind, expected: [...leaving, ...notes], remembered: remembered(states, kept) };
}

function remembered(states: readonly StackState[], kept: readonly Resource[]): string[] {
  return states.flatMap(({ name, resources }) =>
    resources
      .filter((resource) => !belongsTo(resource, kept))
      .map(({ address }) => `${address} (stack ${name})`),
  );
}

async function expectedNotes(target: Target, { inventory, going }: Survey): Promise<string[]> {
  const events = target.client(EventBridgeClient);
  const rules = SHARED_RULES.map(async (Name) => {
    const rule = await ignoreNotFound(
      events.send(new DescribeRuleCommand({ Name })),
      'ResourceNotFoundException',
    );
    return rule === undefined ? [] : [`rule ${Name}: made by Step Functions, shared by the account, free`];
  });
  const triggers = await findTriggers(target, arnsOf(inventory.resources, 'state machine'));
  const own = ownTriggers(triggers, going);
  const foreign = triggers
    .filter((trigger) => !own.includes(trigger))
    .map(
      ({ kind, name }) => `${kind} ${name}: not made by this project, starts a state machine that is gone`,
    );
  return [...(await Promise.all(rules)).flat(), ...foreign];
}
