import { join } from 'node:path';
import { errorMessage } from '../../../tools/cli/errors';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';
import { openPlan } from '../../../tools/terraform/plan/plan-file';
import { NOW } from './plan-of';

const FOLDER = join(__dirname, '../../fixtures/plans');

/** The review of a plan, or the error message. */
async function reviewOrError(name: string): Promise<string> {
  try {
    return renderReview(await reviewPlans([openPlan(join(FOLDER, `${name}.json`))], NOW)).text;
  } catch (error) {
    return errorMessage(error);
  }
}

/** Matches no text. */
const NOTHING = /(?!)/;

const LEFT = 'only the state changes, 1 to forget';

/** The summary or error of each plan, patterns of its review, and a pattern that its review must not have. */
const PLANS: readonly [name: string, summary: string, has: readonly RegExp[], hasNot?: RegExp][] = [
  ['actions-only', '1 action to invoke', [/`action.aws_lambda_invoke.purge`: invoked directly/]],
  ['actions', '1 action to invoke', [/`AfterUpdate` of `aws_s3_bucket.logs`/]],
  ['binary-plan-file', "saved plan in Terraform's binary format", [/terraform show -json \S+ > plan\.json/]],
  ['checks', '**1 check fails** (`check.cert`)', [/Certificate expires in 3 days/]],
  [
    'cost-of-what-is-not-priced',
    '**pre-initialized workers**',
    [/1 of 4 new resources priced/, /Not priced: 1 `aws_db_instance`, 1 `aws_eks_cluster`.*workers of `a`/],
    /at most/i,
  ],
  ['create-forget', '1 to add, 1 to forget', [], /data lost|narrowed/i],
  ['deferred-only', '1 change deferred to a later plan', [/delete of `aws_db_instance.d`/]],
  ['delete-public-access-block', '**`b` no longer blocks public access to the bucket', []],
  [
    'destroy-of-instance-and-other-stores',
    '**6 resources lose data**',
    [
      ...[
        'aws_instance',
        'aws_elasticsearch_domain',
        'aws_cognito_user_pool',
        'aws_codecommit_repository',
      ].map((type) => new RegExp(`Destroy\\*\\* \`${type}\\.x\`.*Data lost`)),
      ...['aws_fsx_lustre_file_system', 'aws_db_snapshot', 'aws_route53_zone'].map(
        (type) => new RegExp(`Destroy\\*\\* \`${type}\\.x\`.*[Dd]ata`),
      ),
    ],
    /resources? without data/,
  ],
  ['failed-check', '**1 check fails** (`check.certificate`)', [/The certificate expires/]],
  ['forget-only-real', LEFT, [], /data lost|narrowed/i],
  ['forget', LEFT, [], /data lost|narrowed/i],
  ['import-only-real', 'only the state changes, 1 to import', [/0 to add, 0 to change, 0 to destroy/]],
  ['moved-only-real', 'only the state changes, 1 to move', [/`aws_sns_topic.renamed`/]],
  [
    'new-policy-known-after-apply',
    '2 policies not comparable',
    [/`worker`: the new policy is known only after apply/],
  ],
  [
    'permissions-in-other-places',
    '**`r` grants full administrative privileges',
    [
      /`a` grants administrative privileges/,
      /`aws_iam_user_policy_attachment.u` grants administrative privileges/,
      /`aws_ecr_repository_policy.e` grants `ecr:\*` to everyone/,
    ],
  ],
  [
    'real-import-sensitive-check',
    '**1 check fails** (`check.health`)',
    [/Summary.*, 1 to import, 2 to add$/m, /\(hidden\)/],
    /rate\(|hush|every 2 days/,
  ],
  ['replace-null-resource', '1 to replace', [/1 resource without data/], /may lose data|data lost/i],
  [
    'secrets',
    '17 to change',
    [/`#!\/bin\/bash↵export PGPASS=\(hidden\)/, /(a3f1){16}/],
    /S3cr3t|hunter2|wJalr|Ab1Ab1|XXXX|b3Blbn|MIIE|0123456789abcdef0|YWRtaW|UzNjcjN0|ghp_|_pat_/,
  ],
  ['sensitive', '', [/\(hidden\)/], /MARKED-SENSITIVE|is public/],
  ['sensitive-name', '', [/\(hidden\)/], /hunter|every (2 )?day/],
  ['sensitive-policy', '', [/1 policy not comparable/, /the policy is sensitive/], /hunter|203\.0\.113/],
  [
    'sensitive-values-outside-of-attributes',
    '',
    [/1 policy not comparable/, /tcp 22 from \(hidden\)/],
    /codename|198\.51\.100|SecretPartner/,
  ],
  [
    'update-count-policy-only',
    '**IAM widened and narrowed** (`worker`), 1 to change',
    [/0 to add, 1 to change, 0 to destroy/],
  ],
  ['update-to-unknown-from-empty', '1 to change', [/\(known after apply\)/]],
  ['utf-16-of-powershell', 'only outputs: 1 to change', []],
  ['wrapper-of-setup-terraform', 'only outputs: 1 to change', []],
];

test.each(PLANS)(
  'The review of the plan %s has the expected content.',
  async (name, summary, has, hasNot = NOTHING) => {
    const text = await reviewOrError(name);
    expect(text).toContain(summary);
    for (const pattern of has) expect(text).toMatch(pattern);
    expect(text).not.toMatch(hasNot);
  },
);
