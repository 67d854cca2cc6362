import { isHidden } from './masking';
import {
  mapParts,
  mapResources,
  mapValues,
  type Attributes,
  type PlanDocument,
  type RawResourceChange,
} from './plan-schema';

/** Applies `hide` to all texts of a plan that the review can show. */
export function hideRepeated(document: PlanDocument, hide: (text: string) => string): PlanDocument {
  const { output_changes: outputs, checks, action_invocations: actions } = document;
  return {
    ...mapResources(document, (resource) => inResource(resource, hide)),
    output_changes:
      outputs && Object.fromEntries(Object.entries(outputs).map(([name, output]) => [hide(name), output])),
    checks: checks?.map((check) => ({
      ...check,
      address: { to_display: hide(check.address.to_display) },
      instances: check.instances?.map(({ problems }) => ({
        problems: problems?.map(({ message }) => ({ message: message && hide(message) })),
      })),
    })),
    action_invocations: actions?.map(({ address, lifecycle_action_trigger: trigger }) => ({
      address: hide(address),
      lifecycle_action_trigger: trigger && {
        ...trigger,
        triggering_resource_address: hide(trigger.triggering_resource_address),
      },
    })),
  };
}

function inResource(resource: RawResourceChange, hide: (text: string) => string): RawResourceChange {
  const { address, previous_address: previous, change } = resource;
  const side = (attributes: Attributes | null | undefined) =>
    attributes && mapValues(attributes, (value) => inValue(value, hide));
  return {
    ...resource,
    address: hide(address),
    ...(previous !== undefined && { previous_address: hide(previous) }),
    change: {
      ...change,
      before: side(change.before),
      after: side(change.after),
      importing: change.importing && {
        ...change.importing,
        id: change.importing.id && hide(change.importing.id),
      },
      replace_paths: change.replace_paths?.map((path) => path.map((part) => hide(String(part)))),
    },
  };
}

function inValue(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return isHidden(value) ? value : hide(value);
  if (typeof value === 'number') return hide(String(value)) === String(value) ? value : hide(String(value));
  return mapParts(value, (part) => inValue(part, hide), hide);
}
