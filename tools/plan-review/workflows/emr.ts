import { attributeChanges } from '../../terraform/plan/attribute-diff';
import { describeGroup, nodeGroups, readMachine, type Machine } from '../../pricing/machine';
import { code } from '../markdown';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import {
  itemsIf,
  blocks,
  nameOf,
  number,
  text,
  type Block,
  type ReviewContext,
  type Section,
} from '../section';

interface Finding {
  readonly line: string;
  readonly summary?: string;
}

/** Effects of a change on EMR and Firehose that Terraform does not show. */
export function emr({ changed }: ReviewContext): Section | undefined {
  const findings = changed.flatMap((change) => findingsOf(change));
  if (findings.length === 0) return undefined;
  return {
    title: 'EMR and Firehose',
    summary: [...new Set(findings.flatMap(({ summary }) => summary ?? []))],
    blocks: findings.map(({ line }): Block => ({ line })),
  };
}

function findingsOf(change: ResourceChange): Finding[] {
  switch (change.type) {
    case 'aws_emrserverless_application':
      return application(change);
    case 'aws_kinesis_firehose_delivery_stream':
      return stream(change);
    case 'aws_sfn_state_machine':
      return cluster(change);
    default:
      return [];
  }
}

function application(change: ResourceChange): Finding[] {
  const { before, after } = change;
  const name = code(nameOf(change));
  return [
    ...(before === undefined ? [] : [started(change, name)]),
    ...sized(before, after, name),
    ...labels(text(before, 'release_label'), text(after, 'release_label'), name),
  ];
}

/** AWS updates and deletes an application only in CREATED or STOPPED. Even a change of tags fails in STARTED. */
function started({ before, kind }: ResourceChange, name: string): Finding {
  const id = text(before, 'id') ?? 'ID';
  const [autoStop] = blocks(before?.auto_stop_configuration);
  const minutes = number(autoStop, 'idle_timeout_minutes');
  const idle =
    minutes === undefined ? '' : ` It stops automatically ${minutes} minutes after its last job run.`;
  const request = kind === 'update' ? 'changes' : 'the deletion';
  return {
    line:
      `- 🟧 AWS rejects ${request} of ${name} while it is STARTED.${idle} ` +
      `To stop it immediately: ${code(`aws emr-serverless stop-application --application-id ${id}`)}`,
    summary: 'EMR application must be stopped',
  };
}

function sized(before: ResourceChange['before'], after: ResourceChange['after'], name: string): Finding[] {
  const [old, now] = [before, after].map((side) => {
    const [maximum] = blocks(side?.maximum_capacity);
    return maximum && `${text(maximum, 'cpu') ?? '?'}, ${text(maximum, 'memory') ?? '?'}`;
  });
  if (old === now || before === undefined || after === undefined) return [];
  const words = `${old === undefined ? 'no limit' : code(old)} → ${now === undefined ? '**no limit**' : code(now)}`;
  return [{ line: `- Maximum capacity of ${name}: ${words}`, summary: `EMR capacity ${words}` }];
}

function labels(before: string | undefined, after: string | undefined, name: string): Finding[] {
  if (before === after || before === undefined || after === undefined) return [];
  const words = `EMR release ${code(before)} → ${code(after)}`;
  return [
    {
      line: `- ${name}: ${words}; its version of Spark may differ from the version in the tests of the jobs.`,
      summary: words,
    },
  ];
}

/** Limits of a stream that AWS checks only during apply. */
function stream(change: ResourceChange): Finding[] {
  const [s3] = blocks(change.after?.extended_s3_configuration);
  if (s3 === undefined) return [];
  // Without values AWS uses valid defaults.
  const megabytes = number(s3, 'buffering_size') ?? 64;
  const seconds = number(s3, 'buffering_interval') ?? 300;
  const converts = blocks(s3.data_format_conversion_configuration).some(({ enabled }) => enabled !== false);
  const name = code(nameOf(change));
  const bad = [
    ...itemsIf(
      converts && (megabytes < 64 || megabytes > 128),
      `buffers ${megabytes} MB: Firehose requires 64 to 128 MB with format conversion`,
    ),
    ...itemsIf(seconds < 0 || seconds > 900, `buffers ${seconds} s: Firehose requires 0 to 900 s`),
    ...itemsIf(
      converts && (text(s3, 'compression_format') ?? 'UNCOMPRESSED') !== 'UNCOMPRESSED',
      'sets compression_format: Firehose requires UNCOMPRESSED with format conversion',
    ),
  ];
  const interval = attributeChanges(change).find(({ path }) => path.at(-1) === 'buffering_interval');
  return [
    ...bad.map((what) => ({ line: `- 🟥 ${name} ${what}.`, summary: '**Firehose rejects the change**' })),
    ...(interval === undefined || change.kind !== 'update'
      ? []
      : [
          {
            line: `- ${name} delivers clicks every ${code(interval.before ?? '')} → ${code(interval.after ?? '')} s: reports include them later.`,
          },
        ]),
  ];
}

/** The release and the nodes of the cluster that a state machine creates. */
function cluster({ before, after, kind }: ResourceChange): Finding[] {
  if (kind !== 'update') return [];
  const [old, now] = [before, after].map((side) => readMachine(text(side, 'definition')));
  return [...labels(releaseIn(old), releaseIn(now), 'The cluster'), ...nodes(old, now)];
}

function releaseIn(machine: Machine | undefined): string | undefined {
  return machine === undefined
    ? undefined
    : /"ReleaseLabel":"([^"]{1,40})"/.exec(JSON.stringify(machine))?.[1];
}

function nodes(before: Machine | undefined, after: Machine | undefined): Finding[] {
  const [old = [], now = []] = [before, after].map((machine) => machine && nodeGroups(machine));
  return now.flatMap((group, index): Finding[] => {
    const was = old[index];
    if (was === undefined || describeGroup(was) === describeGroup(group)) return [];
    const words = `cluster ${code(group.name)} ${code(describeGroup(was))} → ${code(describeGroup(group))}`;
    return [{ line: `- The ${words}`, summary: words }];
  });
}
