import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MARKER,
  postReview,
  readReview,
  renderComment,
  tame,
  type WorkflowRun,
} from '../../scripts/github/plan-comment.cjs';
import { temporaryFolder } from '../scripts/fake-tools';

const folder = temporaryFolder();
const file = join(folder, 'review.md');

const run: WorkflowRun = {
  head_sha: 'a'.repeat(40),
  head_branch: 'feature',
  head_repository: { id: 7, owner: { login: 'contributor' } },
  html_url: 'https://github.com/o/r/actions/runs/1',
};

interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
}

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string; readonly type: string };
}

const ours: Comment = {
  id: 11,
  body: `${MARKER}\nold`,
  user: { login: 'github-actions[bot]', type: 'Bot' },
};
const pull: Pull = { number: 5, head: { sha: run.head_sha, repo: { id: 7 } } };

/** Stands in for octokit; keeps what was asked and written. */
async function post(pulls: readonly Pull[], comments: readonly Comment[], review = 'the review') {
  writeFileSync(file, review);
  const calls: { name: string; options: Record<string, unknown> }[] = [];
  const call = (name: string, result: unknown) => (options: Record<string, unknown>) => {
    calls.push({ name, options });
    return Promise.resolve(result);
  };
  const rest = {
    pulls: { list: call('pulls.list', pulls) },
    issues: {
      listComments: call('listComments', comments),
      createComment: call('createComment', {}),
      updateComment: call('updateComment', {}),
    },
  };
  const paginate = (
    method: (options: Record<string, unknown>) => unknown,
    options: Record<string, unknown>,
  ): unknown => method(options);
  const told: string[] = [];
  await postReview({
    github: { rest, paginate },
    context: { repo: { owner: 'o', repo: 'r' }, payload: { workflow_run: run } },
    core: { info: (text) => told.push(text) },
    file,
  });
  return { calls, told, written: calls.filter(({ name }) => /create|update/.test(name)) };
}

describe('the comment', () => {
  it('is made when there is none, with the commit', async () => {
    const { calls, written } = await post([pull], []);
    expect(calls[0]?.options).toMatchObject({ head: 'contributor:feature', state: 'open' });
    expect(written).toEqual([
      {
        name: 'createComment',
        options: {
          ...{ owner: 'o', repo: 'r', issue_number: 5 },
          body: `${MARKER}\nPlan of ${run.head_sha} · [run](${run.html_url})\n\nthe review`,
        },
      },
    ]);
  });

  it('is written anew when there is one', async () => {
    const { written } = await post([pull], [{ ...ours, id: 10, body: 'hello' }, ours]);
    expect(written).toMatchObject([{ name: 'updateComment', options: { comment_id: 11 } }]);
  });

  it('of somebody else who begins with our first line is left alone', async () => {
    const other = { ...ours, user: { login: 'contributor', type: 'User' } };
    expect((await post([pull], [other])).written).toMatchObject([{ name: 'createComment' }]);
  });

  it.each<[string, readonly Pull[]]>([
    ['that is closed', []],
    ['that has a newer commit', [{ ...pull, head: { ...pull.head, sha: 'b'.repeat(40) } }]],
    ['of another repository', [{ ...pull, head: { ...pull.head, repo: { id: 8 } } }]],
    ['whose repository is gone', [{ ...pull, head: { ...pull.head, repo: null } }]],
  ])('is not posted to a pull request %s', async (_what, pulls) => {
    const { written, told } = await post(pulls, []);
    expect(written).toEqual([]);
    expect(told).toEqual([expect.stringContaining('nothing to post')]);
  });
});

describe('a review', () => {
  it.each([
    ['mentions', 'ask @octocat and @org/team', 'ask @\u2060octocat and @\u2060org/team'],
    ['images', 'x ![pixel](https://example.com/p.png)', 'x \\![pixel](https://example.com/p.png)'],
    ['HTML that loads or hides', '<img src=x> <!-- y -->', '&lt;img src=x> &lt;!-- y -->'],
    ['attributes', '<details ontoggle=x>', '&lt;details ontoggle=x>'],
    ['our marker', `${MARKER}text`, 'text'],
    ['control characters', 'a\u0000b\u001b[1mc\n\td', 'ab[1mc\n\td'],
  ])('loses its %s', (_what, text, expected) => {
    expect(tame(text)).toBe(expected);
  });

  it('keeps tables, code, diagrams and folded parts', () => {
    const text =
      '| a | b |\n<details><summary>x</summary>\n\n```mermaid\nA --> B\n```\n</details>\n1 < 2 <br>';
    expect(tame(text)).toBe(text);
  });

  it('that is too long for a comment is left to the run', () => {
    const comment = renderComment('x'.repeat(70_000), { commit: run.head_sha, url: run.html_url });
    expect(comment).toContain('too long for a comment (70000 characters)');
    expect(comment.length).toBeLessThan(1000);
  });

  it('that is no text of a sensible size is refused', () => {
    const write = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
    };
    write('empty', ' \n');
    write('large', 'x'.repeat(1_000_001));
    write('binary', Buffer.from([0xff, 0xfe]));
    mkdirSync(join(folder, 'folder'));
    symlinkSync('/etc/hostname', join(folder, 'link'));
    for (const [name, reason] of [
      ['empty', 'is empty'],
      ['large', 'more than 1000000'],
      ['binary', 'not valid'],
      ['folder', 'not a plain file'],
      ['link', 'not a plain file'],
    ] as const) {
      expect(() => readReview(join(folder, name))).toThrow(reason);
    }
  });
});
