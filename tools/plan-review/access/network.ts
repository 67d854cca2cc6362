import { code } from '../markdown';
import { isHidden } from '../../terraform/masking';
import type { Attributes, ResourceChange } from '../../terraform/plan-format';
import { blocks, nameOf, number, text, type ReviewContext, type Section } from '../section';

const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);

/** What a resource opens: one line each, so that before and after can be compared. */
type Openings = (attributes: Attributes) => readonly string[];

const OPENINGS: Readonly<Record<string, Openings>> = {
  aws_vpc_security_group_ingress_rule: (rule) => [`in: ${ports(rule)} from ${peer(rule)}`],
  aws_vpc_security_group_egress_rule: (rule) => [`out: ${ports(rule)} to ${peer(rule)}`],
  aws_security_group_rule: (rule) => [
    `${text(rule, 'type') === 'egress' ? 'out' : 'in'}: ${ports(rule)} with ${peers(rule)}`,
  ],
  aws_security_group: (group) => [
    ...rules(group.ingress).map((rule) => `in: ${ports(rule)} from ${peers(rule)}`),
    ...rules(group.egress).map((rule) => `out: ${ports(rule)} to ${peers(rule)}`),
  ],
  aws_internet_gateway: () => ['a way to and from the internet'],
  aws_nat_gateway: () => ['a way out to the internet (NAT)'],
  aws_egress_only_internet_gateway: () => ['a way out to the internet (IPv6)'],
  aws_eip: () => ['a public IP address'],
  aws_vpc_peering_connection: () => ['a way to another VPC'],
  aws_vpc_endpoint: ({ service_name }) => [
    `a way to ${typeof service_name === 'string' ? service_name : 'a service'} without the internet`,
  ],
  aws_route: (route) => [`a route to ${text(route, 'destination_cidr_block') ?? 'elsewhere'}`],
  aws_subnet: (subnet) =>
    subnet.map_public_ip_on_launch === true ? ['public IP addresses for everything in the subnet'] : [],
  aws_lambda_function_url: (url) => [
    text(url, 'authorization_type') === 'NONE'
      ? 'the function for everybody, without authorization'
      : 'the function over HTTPS, with IAM',
  ],
  aws_s3_bucket_public_access_block: (block) =>
    ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].flatMap(
      (name) => (block[name] === true ? [] : [`${name} is off: the bucket can be made public`]),
    ),
};

/** Ways in and out that the change opens or closes. */
export function network({ changed }: ReviewContext): Section | undefined {
  const rows = changed.flatMap((change) => differences(change));
  if (rows.length === 0) return undefined;
  const opened = rows.filter(({ isOpened }) => isOpened);
  const isPublic = opened.some(({ isWide }) => isWide);
  const words = isPublic ? '**network opened to the world**' : 'network opened';
  return {
    title: 'Network',
    verdict: [
      ...(opened.length > 0 ? [words] : []),
      ...(opened.length < rows.length ? ['network closed'] : []),
    ],
    blocks: [...rows]
      .sort((a, b) => weight(b) - weight(a))
      .map(({ change, what, isOpened, isWide }) => ({
        line: `- ${isWide ? '🟥' : isOpened ? '🟧' : '🟩'} ${isOpened ? 'opens' : 'closes'} ${code(what)}: ${code(nameOf(change))} (${code(change.address)})`,
      })),
  };
}

interface Difference {
  readonly change: ResourceChange;
  readonly what: string;
  readonly isOpened: boolean;
  readonly isWide: boolean;
}

function weight({ isOpened, isWide }: Difference): number {
  return Number(isWide) * 2 + Number(isOpened);
}

function differences(change: ResourceChange): Difference[] {
  const openings = new Map(Object.entries(OPENINGS)).get(change.type);
  if (openings === undefined) return [];
  const [before, after] = [change.before, change.after].map((side) =>
    side === undefined ? [] : openings(side),
  );
  const row = (what: string, isOpened: boolean): Difference => ({
    change,
    what,
    isOpened,
    isWide: isOpened && wide(what),
  });
  return [
    ...(after ?? []).filter((what) => before?.includes(what) !== true).map((what) => row(what, true)),
    ...(before ?? []).filter((what) => after?.includes(what) !== true).map((what) => row(what, false)),
  ];
}

/** Rules that are marked as sensitive as a whole count as one of which nothing is known. */
function rules(value: unknown): Attributes[] {
  return isHidden(value) ? [{ protocol: value, cidr_blocks: value }] : blocks(value);
}

function wide(what: string): boolean {
  if (what.startsWith('out:')) return false;
  return /(0\.0\.0\.0\/0|::\/0)|to and from the internet|for everybody|can be made public|public IP/.test(
    what,
  );
}

function ports(rule: Attributes): string {
  const protocol = text(rule, 'ip_protocol') ?? text(rule, 'protocol') ?? '-1';
  if (protocol === '-1') return 'everything';
  const [from, to] = ['from_port', 'to_port'].map((name) => number(rule, name) ?? text(rule, name));
  return `${protocol} ${from === to ? String(from ?? '') : `${from ?? ''}-${to ?? ''}`}`;
}

function peer(rule: Attributes): string {
  const names = ['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id'];
  return (
    names
      .flatMap((name) => text(rule, name) ?? [])
      .map(named)
      .join(', ') || '(known after apply)'
  );
}

function peers(rule: Attributes): string {
  const names = ['cidr_blocks', 'ipv6_cidr_blocks', 'prefix_list_ids', 'security_groups'];
  const all = names.flatMap((name) =>
    Array.isArray(rule[name]) ? rule[name].map(String) : (text(rule, name) ?? []),
  );
  const one = text(rule, 'source_security_group_id');
  return (
    [...all, ...(one === undefined ? [] : [one])].map(named).join(', ') ||
    (rule.self === true ? 'itself' : 'nobody')
  );
}

function named(target: string): string {
  return EVERYWHERE.has(target) ? `everywhere (${target})` : target;
}
