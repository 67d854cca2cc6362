import type { Inventory } from '../../../tools/teardown/inventory';

/** Of a stage that does not exist. */
export const EMPTY_INVENTORY: Inventory = {
  states: [],
  toDelete: [],
  retained: [],
  untagged: [],
  sizes: [],
  found: { resources: [], pendingDeletion: [], failedLookups: [], otherStages: [] },
  work: { triggers: [], executions: [], jobs: [], clusters: [], startedApplications: [] },
};
