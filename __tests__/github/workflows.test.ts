import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly 'continue-on-error'?: boolean;
}

interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly 'fail-fast'?: boolean };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly types?: readonly string[] } | null>>;
  readonly permissions: unknown;
  readonly concurrency: { readonly group: string };
  readonly 'run-name'?: string;
  readonly jobs: Readonly<Record<string, Job>>;
}

const texts = Object.fromEntries(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]),
);
const workflows = Object.fromEntries(
  Object.entries(texts).map(([name, text]) => [name, parse(text) as Workflow]),
);
const tools = readFileSync(join(ROOT, '.github/actions/tools/action.yml'), 'utf8');
const jobs = Object.entries(workflows).flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job] => [`${file}: ${name}`, job]),
);
const jobOf = (file: string, name: string): Job => workflows[file]!.jobs[name]!;

/** The index of the first step that uses or runs `what`. */
function placeOf({ steps }: Job, what: string): number {
  const place = steps.findIndex(({ uses = '', run = '' }) => `${uses}\n${run}`.includes(what));
  if (place < 0) throw new Error(`No step has "${what}".`);
  return place;
}

test('The workflows are those of docs/decisions/.', () => {
  const names = ['ci.yml', 'compat.yml', 'deploy.yml', 'plan-comment.yml', 'plan.yml'];
  expect(Object.keys(workflows).sort()).toEqual(names);
});

test('Every action is pinned by its commit, with one version in all workflows.', () => {
  const all = [...Object.values(texts), tools].flatMap((text) =>
    [...text.matchAll(/^\s*(?:- )?uses:\s*(.+)$/gm)].map(([, uses = '']) => uses),
  );
  const foreign = new Set(all.filter((action) => action !== './.github/actions/tools'));
  expect(foreign.size).toBeGreaterThan(5);
  for (const action of foreign) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(new Set([...foreign].map((action) => action.split('@')[0])).size).toBe(foreign.size);
});

test.each(Object.entries(workflows))('%s has no permissions outside of its jobs.', (name, workflow) => {
  expect(workflow.permissions).toEqual({});
  expect(workflow.concurrency.group).toBeTruthy();
  expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
  const secrets = texts[name]!.match(/secrets\.\w+/g) ?? [];
  expect([...new Set(secrets)]).toEqual(name === 'deploy.yml' ? ['secrets.PLAN_PASSPHRASE'] : []);
});

test.each(jobs)('%s has a timeout and permissions, and keeps no credentials.', (_name, job) => {
  expect(job['timeout-minutes']).toBeGreaterThan(0);
  expect(job.permissions).toBeDefined();
  expect(job.permissions!.contents).toBe('read');
  for (const { uses, with: options } of job.steps)
    if (uses?.startsWith('actions/checkout@')) expect(options?.['persist-credentials']).toBe(false);
});

test.each(jobs)('%s has no expressions in shell commands and scripts.', (_name, { steps }) => {
  for (const { run = '', with: options } of steps) {
    expect(run).not.toContain('${{');
    expect(options?.script ?? '').not.toContain('${{');
  }
});

test('The workflows of a pull request have read permission only.', () => {
  for (const [name, { permissions }] of jobs)
    if (/^(ci|plan)\.yml/.test(name)) expect(permissions).toEqual({ contents: 'read' });
});

describe('The workflow that comments on a pull request', () => {
  const { review, comment } = workflows['plan-comment.yml']!.jobs as { review: Job; comment: Job };

  test('checks out only the code of the default branch.', () => {
    for (const { steps } of [review, comment]) {
      const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkouts.map(({ with: options }) => options?.ref)).toEqual([
        '${{ github.event.repository.default_branch }}',
      ]);
    }
    expect(texts['plan-comment.yml']).not.toMatch(/head_sha|refs\/pull/);
  });

  test('reads the plan in a job without write permission, and writes in a job that installs nothing.', () => {
    expect(Object.values(review.permissions!)).toEqual(['read', 'read']);
    expect(comment.steps.flatMap(({ run }) => run ?? [])).toEqual([]);
    expect(comment.permissions).toEqual({ contents: 'read', 'pull-requests': 'write', statuses: 'write' });
    const writers = jobs.filter(([, { permissions }]) => Object.values(permissions!).includes('write'));
    expect(writers.map(([name]) => name).sort()).toEqual([
      'deploy.yml: apply',
      'deploy.yml: plan',
      'plan-comment.yml: comment',
    ]);
  });

  test('reviews the plan after it removes links, and uses no cache of pull requests.', () => {
    const { run = '' } = review.steps[placeOf(review, 'plan-review.ts')]!;
    expect(run.indexOf('! -type f ! -type d -delete')).toBeLessThan(run.indexOf('plan-review.ts'));
    expect(run).toContain('scripts/plan-consent.ts "$PLANS"/*.json > review/consent.json');
    expect(review.steps[placeOf(review, 'setup-node@')]!.with!['package-manager-cache']).toBe(false);
    expect(placeOf(review, 'npm ci --ignore-scripts')).toBeLessThan(placeOf(review, 'download-artifact@'));
  });

  test('also runs after a failed plan, and for two pull requests of one branch.', () => {
    expect(review.if).toContain('["success", "failure", "timed_out"]');
    expect(comment.if).toContain("!cancelled() && needs.review.result != 'skipped'");
    expect(workflows['plan-comment.yml']!.concurrency.group).toContain('workflow_run.display_title');
    expect(workflows['plan.yml']!['run-name']).toBe('plan of #${{ github.event.pull_request.number }}');
  });

  test('runs after every label and every change of the base.', () => {
    const { types } = workflows['plan.yml']!.on.pull_request!;
    expect(types).toEqual(expect.arrayContaining(['labeled', 'unlabeled', 'edited', 'synchronize']));
  });
});

describe('The workflow that deploys', () => {
  const [plan, consent, apply] = ['plan', 'consent', 'apply'].map((name) => jobOf('deploy.yml', name)) as [
    Job,
    Job,
    Job,
  ];
  const CREDENTIALS = 'configure-aws-credentials@';

  test('runs on main only, also when it is dispatched.', () => {
    expect(plan.if).toMatch(/^github\.ref == 'refs\/heads\/main' && /);
    expect([consent.needs, apply.needs]).toEqual(['plan', ['plan', 'consent']]);
  });

  test('installs packages and providers before it gets credentials.', () => {
    expect(placeOf(plan, 'npm run build')).toBeLessThan(placeOf(plan, CREDENTIALS));
    for (const install of ['npm ci --ignore-scripts', '-backend=false'])
      expect(placeOf(apply, install)).toBeLessThan(placeOf(apply, CREDENTIALS));
  });

  test('requires consent to the data loss of this plan, without credentials.', () => {
    const [{ run = '' }, { with: options }] = [
      plan.steps[placeOf(plan, 'plan-consent.ts')]!,
      consent.steps[placeOf(consent, 'github-script@')]!,
    ];
    expect(run).toContain('> plan/consent.json');
    expect(options?.script).toContain("requireConsent({ github, context, core, file: 'consent.json' })");
    expect(consent.permissions).toEqual({ contents: 'read', 'pull-requests': 'read' });
  });

  test('stops applications before it applies a plan, and applies nothing when that fails.', () => {
    const stop = placeOf(apply, 'node --import tsx scripts/stop-applications.ts "plan/$STACK.json"');
    expect(stop).toBeGreaterThan(placeOf(apply, CREDENTIALS));
    expect(placeOf(apply, 'terraform apply')).toBeGreaterThan(stop);
    expect(apply.steps.some((step) => step['continue-on-error'])).toBe(false);
    const program = readFileSync(join(ROOT, 'scripts/stop-applications.ts'), 'utf8');
    expect(program).toContain("from '../tools/deploy/application'");
  });

  test('uploads only the encrypted plan, and decrypts it before it gets credentials.', () => {
    const uploads = plan.steps.filter(({ uses = '' }) => uses.startsWith('actions/upload-artifact@'));
    expect(uploads.map((upload) => upload.with!.path)).toEqual(['plan.tar.gz.gpg', 'plan/consent.json']);
    expect(placeOf(plan, 'plan-archive.sh encrypt')).toBeLessThan(placeOf(plan, 'upload-artifact@'));
    expect(placeOf(apply, 'plan-archive.sh decrypt')).toBeLessThan(placeOf(apply, CREDENTIALS));
  });

  test('completes the apply of one stack when the other fails, after an approval.', () => {
    expect(apply.strategy?.['fail-fast']).toBe(false);
    expect(apply.environment).toBe('production');
  });

  test('assumes roles with trust policies for exactly these jobs.', () => {
    const document = readFileSync(join(ROOT, 'docs/deploy-roles.md'), 'utf8');
    const subs = [...document.matchAll(/"token\.actions\.githubusercontent\.com:sub": "([^"]+)"/g)];
    expect(subs.map(([, sub]) => sub)).toEqual([
      'repo:OWNER/REPOSITORY:ref:refs/heads/main',
      `repo:OWNER/REPOSITORY:environment:${apply.environment}`,
    ]);
    expect(plan.environment).toBeUndefined();
  });
});

test('ci.yml runs .ci/run.', () => {
  expect(placeOf(jobOf('ci.yml', 'test'), '.ci/run')).toBeGreaterThan(0);
});
