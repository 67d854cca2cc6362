import * as z from 'zod';
import table from './resource-types.json';

/** The path of an attribute, through all elements of lists: `rule.destination.account`. */
const at = z.string();

const of = z.string();

/** Permissions of the holder, its trust policy, its resource policy, or the policy of an endpoint. */
const policyKind = z.enum(['permissions', 'trust', 'resource', 'endpoint']);

/** One way in which a resource grants access. */
const access = z.discriminatedUnion('by', [
  z.object({ by: z.literal('policy'), kind: policyKind, at, of }),
  z.object({ by: z.literal('managed policy'), at, of }),
  /** The principal that gets access: an ARN, an account, a service. */
  z.object({ by: z.literal('principal'), at, of }),
  /** The ARN or account that data is sent to. */
  z.object({ by: z.literal('destination'), at }),
  /** A setting that makes the resource public with one of the values. */
  z.object({ by: z.literal('setting'), at, open: z.array(z.unknown()) }),
  /** Settings that protect while they are true or not empty; `protects` is a predicate: "blocks public access". */
  z.object({ by: z.literal('guard'), at: z.array(at), protects: z.string() }),
  /** The role that it runs with; attributes such as `role_arn` need no entry. */
  z.object({ by: z.literal('role'), at }),
  /** A resource that grants access by its existence. */
  z.object({ by: z.literal('existence'), what: z.string() }),
  /** Addresses, ports and routes: see network-openings.ts. */
  z.object({ by: z.literal('network') }),
]);

const typeSchema = z.object({
  access: z.array(access).default([]),
  /** Whether a destruction loses data. */
  data: z.boolean().default(false),
  /** Whether AWS bills it by time, size or use. */
  costs: z.boolean().default(false),
});

export type PolicyKind = z.infer<typeof policyKind>;
export type Access = z.infer<typeof access>;

export interface ResourceType {
  /** The ways in which its resources grant access. */
  readonly access: readonly Access[];
  readonly holdsData: boolean;
  readonly costsMoney: boolean;
}

const TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries(z.record(z.string(), typeSchema).parse(table)).map(
    ([type, { access: ways, data, costs }]) => [type, { access: ways, holdsData: data, costsMoney: costs }],
  ),
);

/** Providers whose resources exist only in Terraform's state or on the local machine. */
const HARMLESS = /^(random|null|local|tls|time|archive|external|http|template|cloudinit)_|^terraform_data$/;

/** The classification of a type; undefined for an unclassified type. */
export function resourceType(type: string): ResourceType | undefined {
  return HARMLESS.test(type) ? { access: [], holdsData: false, costsMoney: false } : TYPES.get(type);
}
