import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../../tools/terraform/plan/plan-format';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';

const FOLDER = join(__dirname, '../../fixtures/plan-review');
/** What the documentation shows; with REVIEW_EXAMPLES=write this test writes it. */
const EXAMPLES = join(__dirname, '../../../docs/examples/reviews');
const NOW = new Date('2026-11-21T12:00:00Z');

/** Real plans of ten changes to the stacks: all that the summary may say. The rest is in the examples. */
const SUMMARIES: Readonly<Record<string, string>> = {
  'widen-role':
    '**`clicklogger-dev-job-us-east-1` can now `s3:DeleteObject`, `s3:GetObject`, which it must not**, **IAM widened** (`clicklogger-dev-job-us-east-1`), 1 to change',
  'rename-bucket':
    '**1 destroys data** (`aws_s3_bucket` `us-east-1-clicklogger-dev-loggregator-output-000000000000`), 2 to change, 7 to replace',
  'add-state':
    'workflow: `LetReportSettle` added, `CheckResult` changed, 2 transitions added, 1 transition removed, 1 to change',
  'drop-catch':
    '**EMR cluster can be left running**, workflow: `DescribeStep` changed, `DescribeStep` no longer catches failures, 1 to change',
  schedule:
    'schedule: at 02:00, every day (Europe/Paris) → at 05:30, Monday through Friday (Europe/Paris), ≈ −$0.00–$0.32 a day, 1 to change',
  capacity:
    'workflow: `StartJob` changed, EMR application must be stopped, EMR capacity `16 vCPU, 64 GB` → `64 vCPU, 256 GB`, ≈ +$0.00–$2.91 a run, 2 to change',
  'instance-types':
    'workflow: `CreateCluster` changed, cluster `workers` `2 × m7g.xlarge or m6g.xlarge or r7g.xlarge or r6g.xlarge` → `4 × r7g.xlarge or r6g.xlarge`, ≈ +$0.00–$0.80 a day, 1 to change',
  'glue-column': 'Glue column `days_reported` `int` → `bigint`, 1 to change',
  tag: 'EMR application must be stopped, only tags, 5 to change',
  'no-change': 'No change',
};

test.each(Object.entries(SUMMARIES))(
  'The review of %s has a summary that names it and nothing else, and is as docs/examples shows it',
  async (name, summary) => {
    const plan = readPlan(readFileSync(join(FOLDER, `${name}.json`), 'utf8'), `${name}.json`);
    const review = await reviewPlans([plan], NOW);
    const { text, leftOut } = renderReview(review, 65_000);
    expect(review.summary).toBe(summary);
    expect(leftOut).toBe(0);
    const example = join(EXAMPLES, `${name}.md`);
    if (process.env.REVIEW_EXAMPLES === 'write') writeFileSync(example, text);
    else expect(text).toBe(readFileSync(example, 'utf8'));
  },
);
