import * as z from 'zod';
import table from './resource-types.json';

/** The path of an attribute, in which blocks and lists are passed through: `rule.destination.account`. */
const at = z.string();

/** The attribute that says whose access it is. */
const of = z.string();

/** What its holder may do, who may become its holder, who may use its holder, or what an endpoint lets through. */
const policyKind = z.enum(['permissions', 'trust', 'resource', 'endpoint']);

/** One way in which a resource gives access. */
const access = z.discriminatedUnion('by', [
  /** The JSON of a policy. */
  z.object({ by: z.literal('policy'), kind: policyKind, at, of }),
  /** ARNs of managed policies, whose content is elsewhere. */
  z.object({ by: z.literal('managed policy'), at, of }),
  /** Whoever gets access: an ARN, an account, a service. */
  z.object({ by: z.literal('principal'), at, of }),
  /** The ARN or account to which data is sent. */
  z.object({ by: z.literal('destination'), at }),
  /** A setting that opens the resource when it has one of the values. */
  z.object({ by: z.literal('setting'), at, open: z.array(z.unknown()) }),
  /** Settings that protect as long as they are true, or there at all. */
  z.object({ by: z.literal('guard'), at: z.array(at), protects: z.string() }),
  /** The role whose permissions it has when it runs; attributes that are named like one need no entry. */
  z.object({ by: z.literal('role'), at }),
  /** Gives access by being there. */
  z.object({ by: z.literal('existence'), what: z.string() }),
  /** Addresses, ports and routes: see network-openings.ts. */
  z.object({ by: z.literal('network') }),
]);

const typeSchema = z.object({
  access: z.array(access).default([]),
  /** Whether something is stored in it that a destruction loses. */
  data: z.boolean().default(false),
  /** Whether AWS bills it by time, size or use. */
  costs: z.boolean().default(false),
});

export type PolicyKind = z.infer<typeof policyKind>;
export type Access = z.infer<typeof access>;

/** What resources of a type do that a reviewer must know of. */
export interface ResourceType {
  /** How they give access; empty when they give none. */
  readonly access: readonly Access[];
  readonly holdsData: boolean;
  readonly costsMoney: boolean;
}

const TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries(z.record(z.string(), typeSchema).parse(table)).map(
    ([type, { access: ways, data, costs }]) => [type, { access: ways, holdsData: data, costsMoney: costs }],
  ),
);

/** Providers whose resources exist in Terraform's state, or on the machine that it runs on, only. */
const HARMLESS = /^(random|null|local|tls|time|archive|external|http|template|cloudinit)_|^terraform_data$/;

/** What is known of a type; undefined when nobody has classified it yet. */
export function resourceType(type: string): ResourceType | undefined {
  return HARMLESS.test(type) ? { access: [], holdsData: false, costsMoney: false } : TYPES.get(type);
}
