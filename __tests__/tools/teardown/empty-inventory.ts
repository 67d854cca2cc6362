import type { Inventory } from '../../../tools/teardown/inventory';

/** The inventory of a stage without resources. */
export const EMPTY_INVENTORY: Inventory = {
  states: [],
  toDelete: [],
  retained: [],
  untagged: [],
  sizes: [],
  found: { resources: [], pendingDeletion: [], failedLookups: [], otherStages: [] },
  work: { triggers: [], executions: [], jobs: [], clusters: [], startedApplications: [] },
};
