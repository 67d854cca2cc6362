import * as z from 'zod';
import { LAMBDA_RUNTIMES } from './lifecycle';
import { integer, list, matching, onOff } from './setting-kinds';
import { parseTags } from './tags';

const tags = z.string().transform((value, context) => {
  const parsed = parseTags(value);
  if (typeof parsed !== 'string') return parsed;
  context.addIssue({ code: 'custom', message: parsed });
  return z.NEVER;
});

/** Retention periods that CloudWatch Logs accepts, in days: PutRetentionPolicy, API reference. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const EXPECTED_DAYS = `expected one of ${LOG_RETENTION_DAYS.join(', ')}`;

/** Location of a deployment, names of its resources, and retention of its data. */
export const deploymentSettings = {
  APP_PREFIX: matching(/^[a-z][a-z0-9-]{1,19}$/, '2 to 20 characters a-z, 0-9 or -, a letter first')
    .default('clicklogger')
    .describe('first part of every name: 2–20 characters a–z, 0–9, -'),
  // Stage `covid` of the prefix `clicklogger-dev` has the same names as the covid pipeline of `clicklogger`, stage `dev`.
  STAGE: matching(
    /^(?!covid$)[a-z][a-z0-9]{1,9}$/,
    '2 to 10 characters a-z or 0-9, a letter first; covid is reserved for the pipeline',
  )
    .default('dev')
    .describe('second part of every name: 2–10 characters a–z, 0–9, not `covid`; `prod` protects data'),
  AWS_REGION: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1')
    .default('us-east-1')
    .describe('region of all resources'),
  AWS_ENDPOINT_URL: z
    .url({ protocol: /^https?$/, error: 'expected a URL such as http://127.0.0.1:4566' })
    .optional()
    .describe('endpoint of the AWS API; `npm run local:env` sets it to this machine. Not set: AWS'),
  STATE_BUCKET: matching(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'the name of a bucket: 3 to 63 characters a-z, 0-9, . or -',
  )
    .optional()
    .describe(
      'S3 bucket of the Terraform state ([how to create it](runbook.md#a-bucket-for-terraforms-state)), with S3 native ' +
        'state locking (Terraform ≥ 1.10). Not set: a local file',
    ),
  TAGS: tags
    .default({})
    .describe(
      'additional tags, `key=value,key=value`: at most 10 with the three tags of the project; letters a–z, A–Z, digits, space ' +
        'and `_.:/=+-@`; keys must differ in more than case',
    ),
  FORCE_DESTROY: onOff
    .optional()
    .describe(
      'whether Terraform may delete buckets that contain objects; `on` is not allowed in stage `prod`. Not set: `on`, in prod `off`',
    ),
  LOG_RETENTION_DAYS: z.coerce
    .number(EXPECTED_DAYS)
    .refine((days) => LOG_RETENTION_DAYS.includes(days), EXPECTED_DAYS)
    .default(30)
    .describe(
      'retention of logs in days; one of the values of CloudWatch Logs (1, 3, 5, 7, 14, 30, 60, 90 …)',
    ),
  DATA_RETENTION_DAYS: integer(1, 3650)
    .default(365)
    .describe('retention of clicks in days; reports do not expire'),
  CUSTOMER_MANAGED_KEYS: onOff
    .default(false)
    .describe(
      '`on` encrypts clicks, hospital data, logs, messages and undelivered events with one KMS key for each stack (about 1 USD a ' +
        'month each, plus requests; the key is deleted 30 days after a destroy or after `off`, and the encrypted data is then lost)',
    ),
  ACCESS_LOGS: onOff
    .default(false)
    .describe(
      '`on` stores the server access logs of all buckets in a separate bucket for `LOG_RETENTION_DAYS`',
    ),
  LAMBDA_RUNTIME: z
    .enum(LAMBDA_RUNTIMES)
    .default('nodejs22.x')
    .describe(
      'runtime of the functions: `nodejs22.x`, or `nodejs24.x` with version 6.19 of the AWS provider or later',
    ),
};

/** Network of EMR Studio and of the cluster. */
export const networkSettings = {
  VPC_ID: matching(/^vpc-[0-9a-f]{8,17}$/, 'an id such as vpc-0123456789abcdef0')
    .optional()
    .describe(
      'network for EMR Studio and the cluster, with a gateway endpoint to S3 or a NAT gateway. Not set: the stacks create a VPC with ' +
        'one private subnet in an Availability Zone that offers the instance types of the cluster, and an S3 endpoint for the ' +
        'buckets of the project and of EMR',
    ),
  SUBNET_IDS: list
    .refine(
      (ids) => ids.every((id) => /^subnet-[0-9a-f]{8,17}$/.test(id)),
      'expected subnet ids, separated by commas',
    )
    .optional()
    .describe('subnets of `VPC_ID`, separated by commas'),
};
