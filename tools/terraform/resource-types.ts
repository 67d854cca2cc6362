import { ACCESS_TABLE, type Access } from './access-table';
import traits from './resource-types.json';

/** What resources of a type do that a reviewer must know of. */
export interface ResourceType {
  /** How they give access; empty when they give none. */
  readonly access: readonly Access[];
  /** Whether something is stored in them that a destruction loses. */
  readonly holdsData: boolean;
  /** Whether AWS bills them by time, size or use. */
  readonly costsMoney: boolean;
}

const TRAITS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(traits));
const ACCESS: ReadonlyMap<string, readonly Access[]> = new Map(Object.entries(ACCESS_TABLE));

/** Providers whose resources exist in Terraform's state, or on the machine that it runs on, only. */
const HARMLESS = /^(random|null|local|tls|time|archive|external|http|template|cloudinit)_|^terraform_data$/;

const NOTHING: ResourceType = { access: [], holdsData: false, costsMoney: false };

/** What is known of a type; undefined when nobody has classified it yet. */
export function resourceType(type: string): ResourceType | undefined {
  if (HARMLESS.test(type)) return NOTHING;
  const known = TRAITS.get(type);
  const access = ACCESS.get(type);
  if (known === undefined && access === undefined) return undefined;
  return {
    access: access ?? [],
    holdsData: known?.includes('data') === true,
    costsMoney: known?.includes('costs') === true,
  };
}
