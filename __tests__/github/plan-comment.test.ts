import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import { fakeGithub, labelEvent, type CommentScript, type WorkflowRun } from './fake-github';

const { MARKER, postReview } = jest.requireActual<CommentScript>('../../scripts/github/plan-comment.cjs');

const folder = temporaryFolder();
const LABEL = 'destroys-data:0123456789abcdef';
const SHA = 'a'.repeat(40);

const run: WorkflowRun = {
  head_sha: SHA,
  head_branch: 'feature',
  display_title: 'plan of #5',
  conclusion: 'success',
  head_repository: { id: 7, owner: { login: 'contributor' } },
  html_url: 'https://github.com/o/r/actions/runs/1',
};
const pull = { number: 5, head: { sha: SHA, repo: { id: 7 } }, base: { ref: 'main' } };
const ours = { id: 11, body: `${MARKER}\nold`, user: { login: 'github-actions[bot]', type: 'Bot' } };

interface Given {
  readonly review?: string | undefined;
  readonly label?: string;
  readonly run?: Partial<WorkflowRun>;
  readonly answers?: Readonly<Record<string, unknown>>;
}

async function post({ review = 'the review', label, run: other = {}, answers = {} }: Given = {}) {
  rmSync(join(folder, 'review.md'), { force: true });
  if (review !== '') writeFileSync(join(folder, 'review.md'), review);
  writeFileSync(join(folder, 'consent.json'), JSON.stringify({ label: label ?? null, losses: [] }));
  const { github, calls } = fakeGithub({ list: [pull], ...answers });
  const infos: string[] = [];
  await postReview({
    github,
    folder,
    core: { info: (text) => infos.push(text) },
    context: { repo: { owner: 'o', repo: 'r' }, payload: { workflow_run: { ...run, ...other } } },
  });
  const optionsOf = (name: string) => calls.find((call) => call.name === name)?.options;
  const comment = optionsOf('createComment') ?? optionsOf('updateComment');
  return { calls, infos, comment, body: String(comment?.body), status: optionsOf('createCommitStatus') };
}

describe('The comment', () => {
  test('is created with the commit.', async () => {
    const { calls, comment } = await post();
    expect(calls[0]?.options).toMatchObject({ head: 'contributor:feature', state: 'open' });
    expect(comment).toEqual({
      owner: 'o',
      repo: 'r',
      issue_number: 5,
      body: `${MARKER}\nPlan of ${SHA} · [run](${run.html_url})\n\nthe review`,
    });
  });

  test('replaces the existing comment, but no comment of another user with the same first line.', async () => {
    const other = { ...ours, id: 10, user: { login: 'contributor', type: 'User' } };
    const { comment } = await post({ answers: { listComments: [other, ours] } });
    expect(comment).toMatchObject({ comment_id: 11 });
    expect((await post({ answers: { listComments: [other] } })).comment).toMatchObject({ issue_number: 5 });
  });

  test('replaces the older review when a newer plan fails.', async () => {
    const { body, status } = await post({
      review: '',
      run: { conclusion: 'failure' },
      answers: { listComments: [ours] },
    });
    expect(body).toContain(`plan of ${SHA} failed`);
    expect(status).toMatchObject({ state: 'failure' });
  });

  test('shows that the run failed after the plan.', async () => {
    const { body } = await post({ run: { conclusion: 'failure' } });
    expect(body).toContain('failed after the plan\n\nthe review');
  });

  test('refers to the run for a review that is too long.', async () => {
    const { body } = await post({ review: 'x'.repeat(70_000), label: LABEL });
    expect(body).toContain('too long for a comment');
    expect(body).toContain(LABEL);
    expect(body.length).toBeLessThan(1000);
  });

  test('is posted to the pull request of the run when a branch has two.', async () => {
    const answers = { list: [pull, { ...pull, number: 6, base: { ref: 'next' } }] };
    const second = await post({ answers, run: { display_title: 'plan of #6' } });
    expect(second.comment).toMatchObject({ issue_number: 6 });
    expect(second.status).toMatchObject({ context: 'consent to losing data (next)' });
    expect((await post({ answers, run: { display_title: 'plan of #7' } })).comment).toBeUndefined();
  });

  test.each<[string, readonly unknown[]]>([
    ['is closed', []],
    ['has a newer commit', [{ ...pull, head: { ...pull.head, sha: 'b'.repeat(40) } }]],
    ['is of another repository', [{ ...pull, head: { ...pull.head, repo: { id: 8 } } }]],
    ['has lost its repository', [{ ...pull, head: { ...pull.head, repo: null } }]],
  ])('is not posted to a pull request that %s.', async (_what, list) => {
    const { comment, status, infos } = await post({ answers: { list } });
    expect([comment, status]).toEqual([undefined, undefined]);
    expect(infos).toEqual([expect.stringContaining('nothing to post')]);
  });
});

describe('A pull request that changes the code that creates its plan', () => {
  const WARNING = 'changes the code that creates its plan';

  test.each([
    'scripts/plan.ts',
    'tools/plan/git.ts',
    'emulator/x.py',
    '.github/workflows/plan.yml',
    '.ci/run',
    'package.json',
    'package-lock.json',
    'requirements-dev.txt',
    '.npmrc',
    'tsconfig.json',
  ])('is reported: %s.', async (filename) => {
    expect((await post({ answers: { listFiles: [{ filename }] } })).body).toContain(`(\`${filename}\`)`);
  });

  test('is reported when it moves the file, or changes more files than GitHub lists.', async () => {
    const moved = { filename: 'docs/x.md', previous_filename: 'tools/x.ts' };
    expect((await post({ answers: { listFiles: [moved] } })).body).toContain('`tools/x.ts`');
    const many = Array.from({ length: 3000 }, (_, index) => ({ filename: `docs/${index}.md` }));
    expect((await post({ answers: { listFiles: many } })).body).toContain(WARNING);
  });

  test('is not reported for stacks and documents.', async () => {
    const files = ['stacks/covid-stack.ts', 'docs/plan.md', 'spark-jobs/tools/x.py'];
    const listFiles = files.map((filename) => ({ filename }));
    expect((await post({ answers: { listFiles } })).body).not.toContain(WARNING);
  });

  test('can add only code to the comment.', async () => {
    const filename = 'tools/`@octocat <img src=x> [a](b)|\n# x';
    const { body } = await post({ answers: { listFiles: [{ filename }] } });
    expect(body).toContain('(`tools/?@octocat ?img src=x? ?a??b???? x`)');
  });
});

describe('The consent', () => {
  test('is not required without a loss.', async () => {
    expect((await post()).status).toMatchObject({
      sha: SHA,
      state: 'success',
      context: 'consent to losing data (main)',
    });
  });

  test('is requested with the label of these losses.', async () => {
    const { body, status } = await post({ label: LABEL });
    expect(body).toContain(`a maintainer adds the label \`${LABEL}\` to this pull request`);
    expect(status).toMatchObject({ state: 'failure' });
    expect(String(status?.description).length).toBeLessThan(140);
  });

  test('is shown with the maintainer.', async () => {
    const answers = {
      listLabelsOnIssue: [{ name: LABEL }],
      listEvents: [labelEvent('labeled', LABEL, 'maintainer')],
      getCollaboratorPermissionLevel: { data: { permission: 'admin' } },
    };
    const { body, status } = await post({ label: LABEL, answers });
    expect(body).toContain('`maintainer` consents');
    expect(status).toMatchObject({ state: 'success' });
  });
});
