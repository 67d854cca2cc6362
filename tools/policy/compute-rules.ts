import { blocks } from '../terraform/plan/attributes';
import { eachResource, type Rule } from './rule';

/** Billed by the hour whether anything runs or not. */
const HOURLY = ['aws_nat_gateway', 'aws_eip', 'aws_nat_instance', 'aws_ec2_transit_gateway'];

/** Ways around the network's own. */
const INTERNET = ['aws_egress_only_internet_gateway', 'aws_lambda_function_url'];

/** What runs, what it costs while nobody uses it, and who reaches it. */
export const COMPUTE_RULES: readonly Rule[] = [
  eachResource('no-nat', 'Nothing in the network is billed by the hour.', HOURLY, ({ type }) => [
    `${type} is billed by the hour: reach AWS through gateway endpoints`,
  ]),
  eachResource('no-internet', 'No function has a URL, no subnet a way out.', INTERNET, ({ type }) => [
    `${type} joins the network or a function to the internet`,
  ]),
  eachResource(
    'no-warm-capacity',
    'No worker of EMR Serverless is kept warm.',
    ['aws_emrserverless_application'],
    ({ attributes }) =>
      blocks(attributes.initial_capacity).length === 0
        ? []
        : ['sets initial_capacity, which is billed while nobody uses it'],
  ),
  eachResource(
    'application-limits',
    'An EMR Serverless application stops by itself and has a ceiling.',
    ['aws_emrserverless_application'],
    ({ attributes }) => [
      ...(blocks(attributes.auto_stop_configuration).some(({ enabled }) => enabled === true)
        ? []
        : ['does not stop when idle: set auto_stop_configuration']),
      ...(blocks(attributes.maximum_capacity).length > 0 ? [] : ['has no ceiling: set maximum_capacity']),
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
    'Functions run on a Node.js that AWS still supports and the provider supports.',
    ['aws_lambda_function'],
    ({ attributes: { runtime } }) =>
      runtime === 'nodejs22.x' ? [] : [`has the runtime ${String(runtime)}: take nodejs22.x`],
  ),
];
