import type { Configuration, Resource } from './configuration';
import type { Rule, Violation } from './rule';

interface NameLimit {
  readonly attribute: string;
  readonly longest: number;
  readonly allowed: RegExp;
}

/** Limits from each service's API reference; config/names.ts checks while names are made, this what was made. */
const LIMITS: Readonly<Record<string, NameLimit>> = {
  aws_s3_bucket: { attribute: 'bucket', longest: 63, allowed: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
  aws_lambda_function: { attribute: 'function_name', longest: 64, allowed: /^[\w-]+$/ },
  aws_iam_role: { attribute: 'name', longest: 64, allowed: /^[\w+=,.@-]+$/ },
  aws_iam_instance_profile: { attribute: 'name', longest: 128, allowed: /^[\w+=,.@-]+$/ },
  aws_sfn_state_machine: { attribute: 'name', longest: 80, allowed: /^[\w-]+$/ },
  aws_kinesis_firehose_delivery_stream: { attribute: 'name', longest: 64, allowed: /^[\w.-]+$/ },
  aws_emrserverless_application: { attribute: 'name', longest: 64, allowed: /^[\w./#-]+$/ },
  aws_emr_studio: { attribute: 'name', longest: 256, allowed: /^[\w .-]+$/ },
  aws_cloudwatch_event_rule: { attribute: 'name', longest: 64, allowed: /^[\w.-]+$/ },
  aws_scheduler_schedule: { attribute: 'name', longest: 64, allowed: /^[\w.-]+$/ },
  aws_sqs_queue: { attribute: 'name', longest: 80, allowed: /^[\w-]+$/ },
  aws_sns_topic: { attribute: 'name', longest: 256, allowed: /^[\w-]+$/ },
  aws_cloudwatch_log_group: { attribute: 'name', longest: 512, allowed: /^[\w./#-]+$/ },
  aws_cloudwatch_metric_alarm: { attribute: 'alarm_name', longest: 255, allowed: /^[\w .-]+$/ },
  aws_cloudwatch_dashboard: { attribute: 'dashboard_name', longest: 255, allowed: /^[\w-]+$/ },
  aws_glue_catalog_database: { attribute: 'name', longest: 255, allowed: /^[a-z0-9_]+$/ },
  aws_glue_catalog_table: { attribute: 'name', longest: 255, allowed: /^[a-z0-9_]+$/ },
};

/** An account id always has twelve digits. */
const fillIn = (name: string): string =>
  name.replaceAll(/\$\{data\.aws_caller_identity\.[^}]+\}/g, '123456789012');

function judgeName({ type, attributes }: Resource): string[] {
  const limit = new Map(Object.entries(LIMITS)).get(type);
  const value = limit === undefined ? undefined : attributes[limit.attribute];
  if (limit === undefined || typeof value !== 'string') return [];
  const name = fillIn(value);
  if (name.includes('${')) return [`is named ${name}, which is known only after apply: compute the name`];
  return [
    ...(name.length > limit.longest
      ? [`is named ${name}: ${name.length} characters, AWS allows ${limit.longest}`]
      : []),
    ...(limit.allowed.test(name) ? [] : [`is named ${name}: AWS wants ${limit.allowed.source}`]),
  ];
}

function check({ resources }: Configuration): Violation[] {
  return resources.flatMap((resource) => judgeName(resource).map((problem) => ({ resource, problem })));
}

const WANTED_TAGS = ['project', 'stage', 'managed-by'];

function checkTags({ stack, defaultTags }: Configuration): Violation[] {
  if (defaultTags === undefined) return [];
  return WANTED_TAGS.filter((tag) => (defaultTags[tag] ?? '') === '').map((tag) => ({
    resource: { path: `${stack}/aws` },
    problem: `does not put the tag "${tag}" on every resource: npm run cleanup finds resources by it`,
  }));
}

/** How things are called, and how they are found again. */
export const NAMING_RULES: readonly Rule[] = [
  { name: 'name-limits', requirement: "Every name is within its service's limits.", check },
  { name: 'tags', requirement: 'Every resource carries project, stage and managed-by.', check: checkTags },
];
