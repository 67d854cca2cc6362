import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '../../../tools/cli/errors';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';
import { openPlan } from '../../../tools/terraform/plan/plan-file';
import { NOW } from './plan-of';

const FOLDER = join(__dirname, '../../../../shared/data/hostile/plans');

/** The whole review of a given plan, or the message that it is refused with. */
async function reviewOrRefusal(name: string): Promise<string> {
  try {
    return renderReview(await reviewPlans([openPlan(join(FOLDER, `${name}.json`))], NOW)).text;
  } catch (error) {
    return errorMessage(error);
  }
}

/** What the review of each plan must have, and what it must not have. */
const PLANS: readonly [name: string, has: readonly RegExp[], hasNot: readonly RegExp[]][] = [
  [
    'actions-only',
    [/^\*\*Verdict:\*\* 1 action to invoke$/m, /`action.aws_lambda_invoke.purge`: requested by itself/],
    [/No change/],
  ],
  ['actions', [/1 action to invoke/, /`AfterUpdate` of `aws_s3_bucket.logs`/], [/No change/]],
  ['binary-plan-file', [/saved plan in Terraform's own form/, /terraform show -json/], [/not JSON/]],
  ['checks', [/Verdict:\*\* \*\*1 check fails\*\*/, /Certificate expires in 3 days/], [/No change/]],
  [
    'cost-of-what-is-not-priced',
    [/1 of 4 new resources priced/, /Not priced: 1 `aws_db_instance`, 1 `aws_eks_cluster`.*workers of `a`/],
    [/at most/i],
  ],
  ['create-forget', [/1 to add, 1 to leave in AWS unmanaged/], [/data lost/i, /narrowed/]],
  ['deferred-only', [/1 change deferred to a later plan/, /delete of `aws_db_instance.d`/], [/No change/]],
  [
    'delete-public-access-block',
    [/Verdict:\*\* \*\*`b` no longer keeps the bucket from being made public/],
    [],
  ],
  [
    'destroy-of-instance-and-other-stores',
    [
      /\*\*6 destroy data\*\*/,
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
    [/without data/],
  ],
  ['failed-check', [/Verdict:\*\* \*\*1 check fails\*\*/, /The certificate expires/], [/No change/]],
  ['forget-only-real', [/1 to leave in AWS unmanaged/], [/data lost/i, /narrowed/, /No change/]],
  ['forget', [/1 to leave in AWS unmanaged/], [/data lost/i, /narrowed/, /No change/]],
  ['import-only-real', [/1 to import/, /0 to add, 0 to change, 0 to destroy/], [/No change/]],
  ['moved-only-real', [/1 to move in the state/, /`aws_sns_topic.renamed`/], [/No change/]],
  [
    'new-policy-known-after-apply',
    [/2 policies not comparable/, /`worker`: the new policy is known only after the apply/],
    [],
  ],
  [
    'permissions-in-other-places',
    [
      /Verdict:\*\* \*\*`r` gives permission to do everything/,
      /`a` gives permission to do everything/,
      /`aws_iam_user_policy_attachment.u` gives permission to do everything/,
      /`aws_ecr_repository_policy.e` lets anybody `ecr:\*`/,
    ],
    [],
  ],
  [
    'real-import-sensitive-check',
    [/Verdict:\*\* \*\*1 check fails\*\*/, /1 to import, 2 to add/],
    [/rate\(/],
  ],
  ['replace-null-resource', [/1 to replace/, /1 more resource without data/], [/may lose data|data lost/i]],
  [
    'secrets',
    [/17 to change/, /`#!\/bin\/bash↵export PGPASS=\(hidden\)/],
    [/S3cr3t|hunter2|wJalr|Ab1Ab1|XXXX|b3Blbn|MIIE|0123456789abcdef0|YWRtaW|UzNjcjN0|ghp_|_pat_/],
  ],
  ['sensitive', [/\(hidden\)/], [/MARKED-SENSITIVE/, /is open to everybody/]],
  ['sensitive-name', [/\(hidden\)/], []],
  ['sensitive-policy', [/1 policy not comparable/, /marked as sensitive, and not shown/], []],
  ['sensitive-values-outside-of-attributes', [/1 policy not comparable/, /tcp 22 from \(hidden\)/], []],
  ['update-count-policy-only', [/1 to change/, /0 to add, 1 to change, 0 to destroy/], []],
  ['update-to-unknown-from-empty', [/1 to change/, /\(known after apply\)/], [/Nothing to do/]],
  ['utf-16-of-powershell', [/only outputs: 1 to change/], [/not JSON/]],
  ['wrapper-of-setup-terraform', [/only outputs: 1 to change/], [/not JSON/]],
];

const cases = existsSync(FOLDER) ? PLANS : [];

(cases.length > 0 ? test.each(cases) : test.skip.each([[`(none: ${FOLDER} is not there)`, [], []] as const]))(
  'The review of the given plan %s is true.',
  async (name, has, hasNot) => {
    const text = await reviewOrRefusal(name);
    for (const pattern of has) expect(text).toMatch(pattern);
    for (const pattern of hasNot) expect(text).not.toMatch(pattern);
    for (const marked of markedTexts(name)) expect(text).not.toContain(marked);
  },
);

/** Long texts that the plan marks as sensitive on either side; the marks of one side count for both. */
function markedTexts(name: string): string[] {
  const bytes = readFileSync(join(FOLDER, `${name}.json`));
  if (!name.startsWith('sensitive')) return [];
  const { resource_changes: changes } = JSON.parse(bytes.toString('utf8')) as {
    readonly resource_changes: readonly { readonly change: Readonly<Record<string, unknown>> }[];
  };
  return changes.flatMap(({ change }) =>
    ['before', 'after'].flatMap((side) =>
      ['before_sensitive', 'after_sensitive'].flatMap((marks) => textsUnder(change[side], change[marks])),
    ),
  );
}

function textsUnder(value: unknown, marks: unknown): string[] {
  if (marks === true) {
    const texts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    return texts.flatMap((text) =>
      typeof text === 'object'
        ? textsUnder(text, true)
        : typeof text === 'string' && text.length > 7
          ? [text]
          : [],
    );
  }
  if (typeof value !== 'object' || value === null || typeof marks !== 'object' || marks === null) return [];
  return Object.entries(marks).flatMap(([key, mark]) =>
    textsUnder((value as Readonly<Record<string, unknown>>)[key], mark),
  );
}
