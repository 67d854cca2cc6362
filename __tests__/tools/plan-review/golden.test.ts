import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../../tools/terraform/plan-format';
import { renderReview, reviewPlans, type Review } from '../../../tools/plan-review/review';

const FOLDER = join(__dirname, '../../fixtures/plan-review');
const NOW = new Date('2026-11-21T12:00:00Z');

async function review(name: string): Promise<Review> {
  const text = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
  return reviewPlans([readPlan(text, `${name}.json`)], NOW);
}

/** Real plans of ten changes to the stacks, and all that the verdict may say about each. */
const VERDICTS: Readonly<Record<string, string>> = {
  'widen-role':
    '**`clicklogger-dev-job-us-east-1` can now `s3:DeleteObject`, `s3:GetObject`, which it must not**, **IAM widened** (`clicklogger-dev-job-us-east-1`)',
  'rename-bucket':
    '7 to replace, **1 destroys data** (bucket `us-east-1-clicklogger-dev-loggregator-output-000000000000`)',
  'add-state': 'workflow: `LetReportSettle` added, `CheckResult` changed, 2 ways added, 1 way removed',
  'drop-catch':
    '**EMR cluster can be left running**, workflow: `DescribeStep` changed, `DescribeStep` no longer catches failures',
  schedule:
    'schedule: at 02:00, every day (Europe/Paris) → at 05:30, Monday through Friday (Europe/Paris), −$0.00–$0.32 a day',
  capacity:
    'workflow: `StartJob` changed, EMR application must be stopped, EMR capacity `16 vCPU, 64 GB` → `64 vCPU, 256 GB`, +$0.00–$2.91 a run',
  'instance-types':
    'workflow: `CreateCluster` changed, cluster `workers` `2 × m7g.xlarge or m6g.xlarge or r7g.xlarge or r6g.xlarge` → `4 × r7g.xlarge or r6g.xlarge`, +$0.00–$0.80 a day',
  'glue-column': 'Glue column `days_reported` `int` → `bigint`',
  tag: 'EMR application must be stopped, only tags, of 5 resources',
  'no-change': 'No change',
};

describe.each(Object.entries(VERDICTS))('the plan of %s', (name, expected) => {
  it('has a verdict that names it and nothing else', async () => {
    expect((await review(name)).verdict).toBe(expected);
  });

  it('has the review of its golden file', async () => {
    const { text, leftOut } = renderReview(await review(name), 65_000);
    const golden = join(FOLDER, `${name}.review`);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
    expect(leftOut).toBe(0);
  });
});
