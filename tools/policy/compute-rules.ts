import { blocks } from './configuration';
import { eachResource, type Rule } from './rule';

const ANYWHERE = new Set(['0.0.0.0/0', '::/0']);

/** Billed by the hour whether anything runs or not. */
const HOURLY = ['aws_nat_gateway', 'aws_eip', 'aws_nat_instance', 'aws_ec2_transit_gateway'];

/** Makes subnets reachable from the internet. */
const WAYS_IN = ['aws_internet_gateway', 'aws_egress_only_internet_gateway', 'aws_lambda_function_url'];

/** What runs, what it costs while nobody uses it, and who reaches it. */
export const COMPUTE_RULES: readonly Rule[] = [
  eachResource('no-nat', 'Nothing in the network is billed by the hour.', HOURLY, ({ type }) => [
    `${type} is billed by the hour: reach AWS through gateway endpoints`,
  ]),
  eachResource('no-way-in', 'The network has no way in from the internet.', WAYS_IN, ({ type }) => [
    `${type} opens the network or a function to the internet`,
  ]),
  eachResource(
    'no-open-ingress',
    'No security group lets the internet in.',
    ['aws_vpc_security_group_ingress_rule', 'aws_security_group_rule', 'aws_security_group'],
    ({ type, attributes }) => {
      const rules =
        type === 'aws_security_group'
          ? blocks(attributes, 'ingress')
          : attributes.type === 'egress'
            ? []
            : [attributes];
      const sources = rules.flatMap(({ cidr_ipv4, cidr_ipv6, cidr_blocks, ipv6_cidr_blocks }) =>
        [cidr_ipv4, cidr_ipv6, cidr_blocks, ipv6_cidr_blocks].flat(),
      );
      return sources
        .filter((source) => typeof source === 'string' && ANYWHERE.has(source))
        .map((source) => `lets ${String(source)} in: name a security group or an address range`);
    },
  ),
  eachResource('no-public-address', 'No instance gets a public address.', ['aws_subnet'], ({ attributes }) =>
    attributes.map_public_ip_on_launch === true ? ['sets map_public_ip_on_launch'] : [],
  ),
  eachResource(
    'no-warm-capacity',
    'No worker of EMR Serverless is kept warm.',
    ['aws_emrserverless_application'],
    ({ attributes }) =>
      blocks(attributes, 'initial_capacity').length === 0
        ? []
        : ['sets initial_capacity, which is billed while nobody uses it'],
  ),
  eachResource(
    'application-limits',
    'An EMR Serverless application stops by itself and has a ceiling.',
    ['aws_emrserverless_application'],
    ({ attributes }) => [
      ...(blocks(attributes, 'auto_stop_configuration').some(({ enabled }) => enabled === true)
        ? []
        : ['does not stop when idle: set auto_stop_configuration']),
      ...(blocks(attributes, 'maximum_capacity').length > 0 ? [] : ['has no ceiling: set maximum_capacity']),
    ],
  ),
  eachResource(
    'no-standing-cluster',
    'Clusters are made by the workflow, which ends them; none stands in the stack.',
    ['aws_emr_cluster', 'aws_instance', 'aws_autoscaling_group'],
    ({ type }) => [`${type} is billed until somebody destroys it`],
  ),
  eachResource(
    'function-runtime',
    'Functions run on a Node.js that AWS still supports and the provider knows.',
    ['aws_lambda_function'],
    ({ attributes: { runtime } }) =>
      runtime === 'nodejs22.x' ? [] : [`has the runtime ${String(runtime)}: take nodejs22.x`],
  ),
];
