import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../../tools/terraform/plan/plan-format';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';

const FOLDER = join(__dirname, '../../fixtures/plan-review');
/** What the documentation shows; with REVIEW_EXAMPLES=write this test writes it. */
const EXAMPLES = join(__dirname, '../../../docs/examples/reviews');
const NOW = new Date('2026-11-21T12:00:00Z');

interface Expected {
  /** All that the verdict may say. */
  readonly verdict: string;
  /** Titles, in the order in which they come. */
  readonly sections: readonly string[];
  /** What a reviewer has to find below them. */
  readonly lines: readonly string[];
}

/** Real plans of ten changes to the stacks. */
const REVIEWS: Readonly<Record<string, Expected>> = {
  'widen-role': {
    verdict:
      '**`clicklogger-dev-job-us-east-1` can now `s3:DeleteObject`, `s3:GetObject`, which it must not**, **IAM widened** (`clicklogger-dev-job-us-east-1`), 1 to change',
    sections: ['Permissions'],
    lines: [
      'must not, now can** `s3:DeleteObject`, `s3:GetObject`; must not, can as before `s3:DeleteObject`, `s3:PutObject`; 27 of 32 requests as declared',
      '| 🟥 | must not | `s3:GetObject` | `arn:aws:s3:::us-east-1-clicklogger-dev-firehose-delivery-000000000000/errors/x` |  | refused | allowed |',
      '| 🟥 + | Allow | Write | `s3:DeleteObject` |',
    ],
  },
  'rename-bucket': {
    verdict:
      '**1 destroys data** (`aws_s3_bucket` `us-east-1-clicklogger-dev-loggregator-output-000000000000`), 2 to change, 7 to replace',
    sections: ['Destroyed, replaced, deleted data', 'Permissions', 'Workflows', 'Other changes'],
    lines: [
      '- 🟥 **Replace** `aws_s3_bucket.OutputBucket_7114EB27` `us-east-1-clicklogger-dev-loggregator-output-000000000000`: forced by `bucket`',
      '- 6 more resources without data:',
      '| Replace | `aws_s3_bucket_versioning.OutputBucket_Versioning_F9BEC495` |',
      '- ⬜ 2 policies written differently, allowing the same as before, but for the name',
      'must not, can as before `s3:DeleteObject`, `s3:PutObject`; 29 of 32 requests as declared',
      'the same states and transitions, but for names of what is replaced, and settings',
      '- Outputs that change: `output_bucket`',
      '8 resources unchanged',
    ],
  },
  'add-state': {
    verdict:
      'workflow: `LetReportSettle` added, `CheckResult` changed, 2 transitions added, 1 transition removed, 1 to change',
    sections: ['Workflows'],
    lines: [
      's18["+ LetReportSettle<br/>Wait"]:::added',
      's11 -.->|"#36;job.succeeded"| s14',
      'linkStyle 20 stroke:#cf222e',
      'linkStyle 31 stroke:#1a7f37',
      '- ✅ No leak: every path releases its EMR Serverless job run.',
      '| `CheckResult` | `Choices.1.Next` | `ReportReady` | `LetReportSettle` |',
    ],
  },
  'drop-catch': {
    verdict:
      '**EMR cluster can be left running**, workflow: `DescribeStep` changed, `DescribeStep` no longer catches failures, 1 to change',
    sections: ['Workflows'],
    lines: [
      '<details><summary>diagram</summary>\n\n```mermaid\nflowchart TD\n',
      's15["~ DescribeStep<br/>Task"]:::changed',
      's15 -.->|"⚡ States.ALL"| s12',
      '- 🟥 **The no-leak proof fails: EMR cluster can be left running** on 1 path',
      '- `CreateCluster` → `RunCovidReport` → `CheckStep` → `DescribeStep` ends with it running',
      '| `DescribeStep` | `Catch.0` | `{"ErrorEquals":["States.ALL"],"Next":"TerminateCluster"}` |  |',
    ],
  },
  schedule: {
    verdict:
      'schedule: at 02:00, every day (Europe/Paris) → at 05:30, Monday through Friday (Europe/Paris), ≈ −$0.00–$0.32 a day, 1 to change',
    sections: ['Schedules', 'Cost'],
    lines: [
      '`clicklogger-dev-covid` starts `clicklogger-dev-covid-state-machine`',
      '| after | at 05:30, Monday through Friday (Europe/Paris) | `cron(30 5 ? * MON-FRI *)` | 2026-11-23 04:30, 2026-11-24 04:30, 2026-11-25 04:30 |',
      '| its scheduled runs a day | 1 | 0.71 |',
    ],
  },
  capacity: {
    verdict:
      'workflow: `StartJob` changed, EMR application must be stopped, EMR capacity `16 vCPU, 64 GB` → `64 vCPU, 256 GB`, ≈ +$0.00–$2.91 a run, 2 to change',
    sections: ['Workflows', 'EMR and Firehose', 'Cost'],
    lines: [
      '| `StartJob` | `Arguments.JobDriver.SparkSubmit.SparkSubmitParameters` | `…nf spark.dynamicAllocation.maxExecutors=7` | `…nf spark.dynamicAllocation.maxExecutors=31` |',
      'while it is STARTED. It stops by itself 5 minutes after its last job run. At once: `aws emr-serverless stop-application --application-id',
      'up to ≈ $3.88: `64 vCPU and 256 GB (arm64), at most 1.0 h`',
    ],
  },
  'instance-types': {
    verdict:
      'workflow: `CreateCluster` changed, cluster `workers` `2 × m7g.xlarge or m6g.xlarge or r7g.xlarge or r6g.xlarge` → `4 × r7g.xlarge or r6g.xlarge`, ≈ +$0.00–$0.80 a day, 1 to change',
    sections: ['Workflows', 'EMR and Firehose', 'Cost'],
    lines: [
      '`Arguments.Instances.InstanceFleets.1.TargetSpotCapacity` | `2` | `4` |',
      '- ✅ No leak: every path releases its EMR cluster.',
      'up to ≈ $1.91: `1 × m7g.xlarge or m6g.xlarge + 4 × r7g.xlarge or r6g.xlarge, at most 1.5 h`',
    ],
  },
  'glue-column': {
    verdict: 'Glue column `days_reported` `int` → `bigint`, 1 to change',
    sections: ['Tables'],
    lines: ['files that are there already keep the old type, which queries may then fail to read.'],
  },
  tag: {
    verdict: 'EMR application must be stopped, only tags, 5 to change',
    sections: ['EMR and Firehose', 'Other changes'],
    lines: ['| `cost-center` |  | `4711` | 5 |'],
  },
  'no-change': {
    verdict: 'No change',
    sections: [],
    lines: ['1 stack: `no-change` · 4 resources unchanged · Terraform `1.11.4`'],
  },
};

test.each(Object.entries(REVIEWS))(
  'The review of %s has a verdict and sections that name it and nothing else, as docs/examples shows it',
  async (name, { verdict, sections, lines }) => {
    const plan = readPlan(readFileSync(join(FOLDER, `${name}.json`), 'utf8'), `${name}.json`);
    const review = await reviewPlans([plan], NOW);
    const { text, leftOut } = renderReview(review, 65_000);
    expect(review.verdict).toBe(verdict);
    expect(text).toContain(`**Verdict:** ${verdict}\n`);
    expect([...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title)).toEqual(sections);
    for (const line of lines) expect(text).toContain(line);
    expect(leftOut).toBe(0);
    const example = join(EXAMPLES, `${name}.md`);
    if (process.env.REVIEW_EXAMPLES === 'write') writeFileSync(example, text);
    else expect(text).toBe(readFileSync(example, 'utf8'));
  },
);
