import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');

/** Text by file name, without comments that fill a line. */
const workflows = Object.fromEntries(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]),
);
const tools = readFileSync(join(ROOT, '.github/actions/tools/action.yml'), 'utf8');

const usesIn = (text: string): string[] =>
  [...text.matchAll(/uses:\s*(.+)$/gm)].map(([, uses]) => uses ?? '');

/** Each job's own lines, by its name. */
function jobsOf(text: string): [string, string][] {
  const jobs = text.slice(text.indexOf('\njobs:\n') + '\njobs:\n'.length);
  const parts = jobs.split(/^ {2}(\w[\w-]*):\n/m);
  return parts.flatMap((name, index): [string, string][] =>
    index % 2 === 1 ? [[name, parts[index + 1] ?? '']] : [],
  );
}

const jobs = Object.entries(workflows).flatMap(([file, text]) =>
  jobsOf(text).map(([job, lines]): [string, string, string] => [file, job, lines]),
);

it('has the workflows that docs/decisions/ names', () => {
  expect(Object.keys(workflows).sort()).toEqual(['ci.yml', 'deploy.yml', 'plan-comment.yml', 'plan.yml']);
  expect(jobs).toHaveLength(6);
});

it.each([...Object.entries(workflows), ['tools', tools]])('%s pins every action by commit', (_name, text) => {
  const uses = usesIn(text).filter((action) => action !== './.github/actions/tools');
  expect(uses.length).toBeGreaterThan(0);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it('takes one version of each action everywhere', () => {
  const all = new Set([...Object.values(workflows), tools].flatMap(usesIn));
  const names = [...all].map((action) => action.split('@')[0]);
  expect(new Set(names).size).toBe(all.size);
});

it.each(Object.entries(workflows))('%s gives no permission that no job asks for', (_name, text) => {
  expect(text).toMatch(/^permissions: \{\}$/m);
  expect(text).toMatch(/^concurrency:$/m);
  expect(text).not.toContain('pull_request_target');
  expect(text).not.toContain('secrets.');
});

it.each(jobs)('%s: the job %s ends in time and says what it may do', (_file, _job, lines) => {
  expect(lines).toMatch(/^ {4}timeout-minutes: \d+$/m);
  expect(lines).toMatch(/^ {4}permissions:$/m);
  expect(lines).not.toMatch(/write-all|contents: write/);
});

it('keeps no credentials in a checkout', () => {
  for (const text of Object.values(workflows)) {
    const checkouts = text.split('actions/checkout@').slice(1);
    for (const checkout of checkouts)
      expect(checkout.split('- uses:')[0]).toContain('persist-credentials: false');
  }
});

it('puts nothing that a stranger writes into a shell', () => {
  for (const [, , lines] of jobs) {
    const shells = [...lines.matchAll(/run: (?:\|\n((?: {10}.*\n)+)|(.*)$)/gm)];
    for (const [text] of shells) expect(text).not.toContain('${{');
  }
});

describe('the workflow that may write to a pull request', () => {
  const comment = workflows['plan-comment.yml'] ?? '';

  it('runs the code of the default branch only', () => {
    expect(comment).toContain('ref: ${{ github.event.repository.default_branch }}');
    expect(comment).not.toMatch(/head_sha|refs\/pull/);
    expect(comment).not.toMatch(/^\s+run:|- run:/m);
  });

  it('is the only one', () => {
    const writers = Object.entries(workflows).filter(([, text]) => text.includes('pull-requests: write'));
    expect(writers.map(([name]) => name)).toEqual(['plan-comment.yml']);
  });
});

it('stops applications with exec’s own code before it applies a plan, and applies nothing when that fails', () => {
  const [, , apply = ''] = jobs.find(([file, job]) => file === 'deploy.yml' && job === 'apply') ?? [];
  const stop = apply.indexOf('node --import tsx scripts/stop-applications.ts "plan/$STACK.json"');
  expect(stop).toBeGreaterThan(apply.indexOf('configure-aws-credentials@'));
  expect(apply.indexOf('terraform apply')).toBeGreaterThan(stop);
  expect(apply).not.toContain('continue-on-error');
  const program = readFileSync(join(ROOT, 'scripts/stop-applications.ts'), 'utf8');
  expect(program).toContain("from '../tools/deploy/application'");
});

it('lets a pull request read only', () => {
  for (const name of ['ci.yml', 'plan.yml']) expect(workflows[name]).not.toMatch(/: write/);
});

it('checks what .ci/run checks', () => {
  expect(workflows['ci.yml']).toContain('- run: .ci/run');
});
