import type { PipelineRun } from './local-pipeline';
import { describeRejections } from './click-delivery';
import { renderReport } from './report';

/** What `npm run local` prints at its end. */
export function summarize(run: PipelineRun): string {
  const { result, report, ingestion } = run;
  const parts = [
    report === undefined ? (result.message ?? 'The workflow found nothing to do.') : renderReport(report),
    facts(run)
      .map(([name, value]) => `${name.padEnd(12)} ${value}`)
      .join('\n'),
    WHAT_RAN,
  ];
  if (ingestion.rejected.length > 0) {
    parts.push(`Refused by the ingestion Lambda:\n${describeRejections(ingestion)}`);
  }
  return parts.join('\n\n');
}

function facts({ result, deliveredFile }: PipelineRun): [string, string][] {
  const { report, durationSeconds, costUsd, billed } = result;
  return [
    ['Clicks', deliveredFile],
    ...optional('Report', report),
    ...optional('Run time', durationSeconds == null ? undefined : `${durationSeconds} s`),
    ...optional('Billed', billed == null ? undefined : describeBilled(billed)),
    ...optional(
      'Cost in AWS',
      costUsd == null
        ? undefined
        : `${costUsd.toFixed(6)} USD (at the prices in handlers/shared/prices.json)`,
    ),
  ];
}

function optional(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

function describeBilled(billed: Readonly<Record<string, unknown>>): string {
  return Object.entries(billed)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

const WHAT_RAN = `Ran for real on this machine: Terraform with the AWS provider on the stack's own configuration; the bundled
Lambdas in Node.js; the Parquet file by the Glue table's schema; the state machine; the Scala job in Spark; every
call checked against the policies of its role. Simulated: provisioning times, waits and billing.`;
