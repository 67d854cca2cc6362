import { blocks } from '../terraform/plan/attributes';
import { eachResource, type Rule } from './rule';

/** Billed by the hour, used or not. */
const HOURLY = ['aws_nat_gateway', 'aws_eip', 'aws_nat_instance', 'aws_ec2_transit_gateway'];

const INTERNET = ['aws_egress_only_internet_gateway', 'aws_lambda_function_url'];

/** Rules about compute, its cost while it is idle, and its network access. */
export const COMPUTE_RULES: readonly Rule[] = [
  eachResource('no-nat', 'The network has no resources that are billed by the hour.', HOURLY, ({ type }) => [
    `${type} is billed by the hour: reach AWS through gateway endpoints`,
  ]),
  eachResource(
    'no-internet',
    'No function has a URL, and no subnet has outbound internet access.',
    INTERNET,
    ({ type }) => [`${type} connects the network or a function to the internet`],
  ),
  eachResource(
    'no-warm-capacity',
    'EMR Serverless has no pre-initialized workers.',
    ['aws_emrserverless_application'],
    ({ attributes }) =>
      blocks(attributes.initial_capacity).length === 0
        ? []
        : ['sets initial_capacity, which is billed while it is idle'],
  ),
  eachResource(
    'application-limits',
    'An EMR Serverless application stops automatically and has a maximum capacity.',
    ['aws_emrserverless_application'],
    ({ attributes }) => [
      ...(blocks(attributes.auto_stop_configuration).some(({ enabled }) => enabled === true)
        ? []
        : ['does not stop when it is idle: set auto_stop_configuration']),
      ...(blocks(attributes.maximum_capacity).length > 0
        ? []
        : ['has no maximum capacity: set maximum_capacity']),
    ],
  ),
  eachResource(
    'no-standing-cluster',
    'The stack has no clusters: the workflow creates and terminates them.',
    ['aws_emr_cluster', 'aws_instance', 'aws_autoscaling_group'],
    ({ type }) => [`${type} is billed until it is destroyed`],
  ),
  eachResource(
    'function-runtime',
    'Functions use a version of Node.js that AWS and the provider support.',
    ['aws_lambda_function'],
    ({ attributes: { runtime } }) =>
      runtime === 'nodejs22.x' ? [] : [`has the runtime ${String(runtime)}: use nodejs22.x`],
  ),
];
