import { KNOWN_AFTER_APPLY } from '../terraform/plan/attributes';
import { isHidden } from '../terraform/plan/masking';
import type { Attributes } from '../terraform/plan/plan-format';
import type { Side } from './held-policies';
import { knownLater, textsAt, valuesAt } from './values';

/** Inbound or outbound traffic that a resource allows. Two openings with the same text are equal. */
export interface Opening {
  /** Not escaped: has texts of the plan. */
  readonly what: string;
  /** Whether it allows inbound traffic from anywhere. */
  readonly isWide: boolean;
}

type Openings = (attributes: Attributes, unknown: unknown) => readonly Opening[];

const narrow = (what: string): Opening[] => [{ what, isWide: false }];
const wide = (what: string): Opening[] => [{ what, isWide: true }];

/** The openings of all ingress and egress blocks. */
const bothWays =
  (openings: (rule: Attributes, unknown: unknown, isIn: boolean) => Opening[]): Openings =>
  (attributes, unknown) =>
    ['ingress', 'egress'].flatMap((name) =>
      partsAt(attributes[name], valueOf(unknown, name)).flatMap(([rule, marks]) =>
        openings(rule, marks, name === 'ingress'),
      ),
    );

const OPENINGS: Readonly<Record<string, Openings>> = {
  aws_vpc_security_group_ingress_rule: (rule, unknown) => traffic(rule, unknown, true),
  aws_vpc_security_group_egress_rule: (rule, unknown) => traffic(rule, unknown, false),
  aws_security_group_rule: (rule, unknown) => traffic(rule, unknown, rule.type !== 'egress'),
  aws_security_group: bothWays(traffic),
  aws_default_security_group: bothWays(traffic),
  aws_db_security_group: bothWays(traffic),
  aws_network_acl: bothWays(filter),
  aws_default_network_acl: bothWays(filter),
  aws_network_acl_rule: (rule, unknown) => filter(rule, unknown, rule.egress !== true),
  aws_lightsail_instance_public_ports: (ports) =>
    partsAt(ports.port_info, undefined).flatMap(([rule]) =>
      traffic({ cidr_blocks: ['0.0.0.0/0'], ...rule }, undefined, true),
    ),
  aws_internet_gateway: () => wide('inbound and outbound internet access (internet gateway)'),
  aws_nat_gateway: () => narrow('outbound internet access (NAT gateway)'),
  aws_egress_only_internet_gateway: () => narrow('outbound internet access (IPv6)'),
  aws_eip: () => narrow('a public IP address'),
  aws_vpc_peering_connection: (connection, unknown) =>
    narrow(
      `a connection to another VPC: ${describeTarget(connection, unknown, ['peer_vpc_id', 'peer_owner_id'])}`,
    ),
  aws_vpc_peering_connection_accepter: () => narrow('a connection to another VPC'),
  aws_ec2_transit_gateway_vpc_attachment: () => narrow('a connection to the networks of a transit gateway'),
  aws_ec2_transit_gateway_peering_attachment: () =>
    narrow('a connection to the networks of another transit gateway'),
  aws_vpn_connection: () => narrow('a connection to a network outside of AWS'),
  aws_ec2_client_vpn_authorization_rule: (rule, unknown) =>
    narrow(`inbound: VPN clients to ${describeTarget(rule, unknown, ['target_network_cidr'])}`),
  aws_vpc_endpoint: (endpoint, unknown) =>
    narrow(`a private connection to ${describeTarget(endpoint, unknown, ['service_name'])} (VPC endpoint)`),
  aws_route: route,
  aws_route_table: routes,
  aws_default_route_table: routes,
  aws_subnet: publicAddresses,
  aws_default_subnet: publicAddresses,
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
  aws_elb: loadBalancer,
  aws_eks_cluster: (cluster, unknown) =>
    partsAt(cluster.vpc_config, valueOf(unknown, 'vpc_config')).flatMap(([config]) => {
      if (config.endpoint_public_access === false) return [];
      const ranges = textsAt(config, 'public_access_cidrs');
      return ranges.length === 0 || ranges.some(isAnywhere)
        ? wide("public access to the cluster's API from anywhere")
        : narrow(`public access to the cluster's API from ${ranges.join(', ')}`);
    }),
};

export function networkOpenings({ type, attributes, unknown }: Side): readonly Opening[] {
  return new Map(Object.entries(OPENINGS)).get(type)?.(attributes, unknown) ?? [];
}

const PEERS = [
  'cidr_ipv4',
  'cidr_ipv6',
  'prefix_list_id',
  'referenced_security_group_id',
  'cidr_blocks',
  'ipv6_cidr_blocks',
  'prefix_list_ids',
  'security_groups',
  'source_security_group_id',
  'cidr',
  'cidrs',
  'ipv6_cidrs',
  'cidr_block',
  'ipv6_cidr_block',
];

function traffic(rule: Attributes, unknown: unknown, isIn: boolean): Opening[] {
  const peers = PEERS.flatMap((name) => textsAt(rule, name));
  const later = PEERS.some((name) => knownLater(unknown, name) !== undefined);
  const names = [
    ...peers.map((peer) => (isAnywhere(peer) ? `anywhere (${peer})` : peer)),
    ...(rule.self === true ? ['itself'] : []),
    ...(later ? [KNOWN_AFTER_APPLY] : []),
  ];
  if (names.length === 0) return [];
  const what = `${isIn ? 'inbound' : 'outbound'}: ${ports(rule, unknown)} ${isIn ? 'from' : 'to'} ${names.join(', ')}`;
  return [{ what, isWide: isIn && peers.some(isAnywhere) }];
}

/** Not wide: security groups also check traffic that a network ACL allows. */
function filter(rule: Attributes, unknown: unknown, isIn: boolean): Opening[] {
  const allows = rule.rule_action ?? rule.action;
  if (allows !== 'allow') return [];
  return traffic(rule, unknown, isIn).map(({ what }) => ({
    what: `through the network ACL, ${what}`,
    isWide: false,
  }));
}

/** Half of all addresses counts as all. */
function isAnywhere(range: string): boolean {
  return /^(\d+\.){3}\d+\/[0-4]$|^[0-9a-f:]*::[0-9a-f]*\/([0-9]|1[0-6])$/i.test(range);
}

function ports(rule: Attributes, unknown: unknown): string {
  const [protocol] = ['ip_protocol', 'protocol'].flatMap((name) => textsAt(rule, name));
  if (protocol === undefined) {
    const isLater = ['ip_protocol', 'protocol'].some((name) => knownLater(unknown, name) !== undefined);
    return isLater ? KNOWN_AFTER_APPLY : 'all traffic';
  }
  if (protocol === '-1' || protocol === 'all') return 'all traffic';
  const [from = '', to = ''] = ['from_port', 'to_port'].map((name) =>
    valuesAt(rule, name).map(String).join(),
  );
  return `${protocol} ${from === to ? from : `${from}-${to}`}`;
}

const DESTINATIONS = ['destination_cidr_block', 'destination_ipv6_cidr_block', 'destination_prefix_list_id'];
const TARGETS = [
  'gateway_id',
  'nat_gateway_id',
  'transit_gateway_id',
  'egress_only_gateway_id',
  'carrier_gateway_id',
  'vpc_peering_connection_id',
  'vpc_endpoint_id',
  'network_interface_id',
  'local_gateway_id',
  'core_network_arn',
  'instance_id',
];

/** Only a route to an internet gateway allows inbound traffic from anywhere. An unknown gateway counts as one. */
function route(attributes: Attributes, unknown: unknown): Opening[] {
  const destinations = [...DESTINATIONS, 'cidr_block', 'ipv6_cidr_block'].flatMap((name) =>
    textsAt(attributes, name),
  );
  const [gateway] = textsAt(attributes, 'gateway_id');
  const isInternet =
    gateway?.startsWith('igw-') ?? (gateway === undefined && knownLater(unknown, 'gateway_id') !== undefined);
  const target = TARGETS.find(
    (name) => textsAt(attributes, name).length > 0 || knownLater(unknown, name) !== undefined,
  );
  const through =
    target === undefined ? '' : ` through ${describeTarget(attributes, unknown, [target])} (${target})`;
  return [
    {
      what: `a route to ${destinations.join(', ') || KNOWN_AFTER_APPLY}${through}`,
      isWide: isInternet && destinations.some(isAnywhere),
    },
  ];
}

function routes(table: Attributes, unknown: unknown): Opening[] {
  return partsAt(table.route, valueOf(unknown, 'route')).flatMap(([each, marks]) => route(each, marks));
}

function publicAddresses({ map_public_ip_on_launch: maps }: Attributes): Opening[] {
  return maps === true || isHidden(maps) ? wide('public IP addresses for all instances of the subnet') : [];
}

function loadBalancer({ internal }: Attributes, unknown: unknown): Opening[] {
  if (internal === true) return [];
  return knownLater(unknown, 'internal') === undefined
    ? wide('an internet-facing load balancer')
    : narrow(`a load balancer, internet-facing or internal: ${KNOWN_AFTER_APPLY}`);
}

function describeTarget(attributes: Attributes, unknown: unknown, names: readonly string[]): string {
  const found = names.flatMap((name) => textsAt(attributes, name));
  if (found.length > 0) return found.join(', ');
  return names.some((name) => knownLater(unknown, name) !== undefined)
    ? KNOWN_AFTER_APPLY
    : 'an unknown target';
}

function valueOf(marks: unknown, name: string): unknown {
  return marks === true ? true : new Map(Object.entries(marks ?? {})).get(name);
}

/** Blocks with their marks. A hidden list counts as one block with hidden values. */
function partsAt(value: unknown, marks: unknown): [Attributes, unknown][] {
  if (isHidden(value)) return [[{ protocol: value, cidr_blocks: [value] }, undefined]];
  if (!Array.isArray(value)) return [];
  return value.flatMap((block, index): [Attributes, unknown][] =>
    typeof block === 'object' && block !== null
      ? [[block as Attributes, Array.isArray(marks) ? marks[index] : marks]]
      : [],
  );
}
