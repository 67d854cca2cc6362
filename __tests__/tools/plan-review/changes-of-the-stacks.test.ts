import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../../tools/terraform/plan/plan-format';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';

const FOLDER = join(__dirname, '../../fixtures/plan-review');
/** Examples of the documentation, which this test writes with REVIEW_EXAMPLES=write. */
const EXAMPLES = join(__dirname, '../../../docs/examples/reviews');
const NOW = new Date('2026-11-21T12:00:00Z');

/** Plans of ten changes of the stacks, with the whole summary. The examples have the whole reviews. */
const SUMMARIES: Readonly<Record<string, string>> = {
  'widen-role':
    '**`clicklogger-dev-job-us-east-1` is now allowed `s3:DeleteObject`, `s3:GetObject`, declared as denied**, **IAM widened** (`clicklogger-dev-job-us-east-1`), 1 to change',
  'rename-bucket':
    '**1 resource loses data** (`aws_s3_bucket` `us-east-1-clicklogger-dev-loggregator-output-000000000000`), 2 to change, 7 to replace',
  'add-state':
    'workflow: `LetReportSettle` added, `CheckResult` changed, 2 transitions added, 1 transition removed, 1 to change',
  'drop-catch':
    '**EMR cluster can be left running**, workflow: `DescribeStep` changed, `DescribeStep` no longer catches failures, 1 to change',
  schedule:
    'schedule: at 02:00, every day (Europe/Paris) → at 05:30, Monday through Friday (Europe/Paris), ≈ −$0.00–$0.32 per day, 1 to change',
  capacity:
    'workflow: `StartJob` changed, EMR application must be stopped, EMR capacity `16 vCPU, 64 GB` → `64 vCPU, 256 GB`, ≈ +$0.00–$2.91 per run, 2 to change',
  'instance-types':
    'workflow: `CreateCluster` changed, cluster `workers` `2 × m7g.xlarge or m6g.xlarge or r7g.xlarge or r6g.xlarge` → `4 × r7g.xlarge or r6g.xlarge`, ≈ +$0.00–$0.80 per day, 1 to change',
  'glue-column': 'Glue column `days_reported` `int` → `bigint`, 1 to change',
  tag: 'EMR application must be stopped, only tags, 5 to change',
  'no-change': 'No change',
};

test.each(Object.entries(SUMMARIES))(
  'The review of %s has the expected summary and is equal to its example in docs/examples.',
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
