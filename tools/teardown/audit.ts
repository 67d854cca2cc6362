import { EventBridge } from '@aws-sdk/client-eventbridge';
import { ignoreNotFound } from '../aws/aws-errors';
import type { Target } from '../aws/target';
import { pause } from '../aws/waiting';
import { errorMessage } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import { hourlyCost, type HourlyCost } from './costs';
import { findResources } from './found-resources';
import { divide, ownTriggers, type Choices, type Inventory } from './inventory';
import { arnsOf, belongsToStage, type Resource } from './resource';
import { belongsTo, readAgain } from './stack-state';
import { findTriggers } from './triggers';

export interface Leftover {
  readonly resource: Resource;
  readonly cost: HourlyCost;
}

export interface Audit {
  readonly left: readonly Leftover[];
  /** Buckets that the user keeps. */
  readonly retained: readonly Leftover[];
  /** Descriptions of resources that stay and need no action. */
  readonly expected: readonly string[];
  /** Addresses in the Terraform states, each with its stack. */
  readonly stillInState: readonly string[];
  readonly failedLookups: readonly string[];
}

/** Services list deleted resources for some time. */
const MAX_SEARCHES = 6;

/** Rules that Step Functions creates for `.sync` tasks, one set per account and region. */
const SHARED_RULES = [
  'StepFunctionsGetEventsForEMRServerlessJobRule',
  'StepFunctionsGetEventForEMRRunJobFlowRule',
  'StepFunctionsGetEventForEMRAddJobFlowStepsRule',
  'StepFunctionsGetEventForEMRTerminateJobFlowsRule',
];

export function isClean({ left, stillInState, failedLookups }: Audit): boolean {
  return left.length + stillInState.length + failedLookups.length === 0;
}

/** Searches for remaining resources by state, by tag and by name. */
export async function audit(
  target: Target,
  inventory: Inventory,
  choices: Choices,
  { update }: Pick<StepOutput, 'update'>,
): Promise<Audit> {
  let found = await search(target, inventory, choices);
  // Resources that were not to be deleted do not disappear: another search would not help.
  for (let searches = 1; searches < MAX_SEARCHES && found.left.some(belongsToStage); searches += 1) {
    update(`${found.left.length} resources are still listed; searching again`);
    await pause(target);
    found = await search(target, inventory, choices);
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

async function search(target: Target, inventory: Inventory, choices: Choices) {
  const states = await Promise.all(inventory.states.map(readAgain));
  const found = await findResources(target, states);
  const { retained } = divide(target, found, choices);
  const failedLookups = [...found.failedLookups];
  const notes = await expectedNotes(target, inventory).catch((error: unknown) => {
    failedLookups.push(`lookup of schedules and rules: ${errorMessage(error)}`);
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
    return rule === undefined
      ? []
      : [`rule ${Name}: created by Step Functions, shared by the account, free of charge`];
  });
  const triggers = await findTriggers(target, arnsOf(found.resources, 'state machine'));
  const own = ownTriggers(triggers, toDelete);
  const foreign = triggers
    .filter((trigger) => !own.includes(trigger))
    .map(({ kind, name }) => `${kind} ${name}: not created by this project, starts a deleted state machine`);
  return [...(await Promise.all(rules)).flat(), ...foreign];
}
