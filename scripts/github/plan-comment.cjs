'use strict';
// Posts the review of a pull request's plan. It runs in plan-comment.yml with write permission, on the default branch's
// code and without npm ci: Node's own modules only. The review was written by code of the pull request: text to be checked.
const { lstatSync, readFileSync } = require('node:fs');
const { TextDecoder } = require('node:util');

/** First line of our comment, by which it is found again. */
const MARKER = '<!-- plan-review -->';

/** GitHub's limit for a comment, in characters; a review that keeps to it leaves room for our own lines. */
const LONGEST = 65_536;

/** A review is cut to size by who writes it; a larger file is no review. */
const LARGEST_FILE = 1_000_000;

/** The review's text. Throws when the file is not what plan.yml writes. */
function readReview(file) {
  const status = lstatSync(file);
  if (!status.isFile()) throw new Error('review.md is not a plain file: nothing is posted.');
  if (status.size > LARGEST_FILE) {
    throw new Error(`review.md has ${status.size} bytes, more than ${LARGEST_FILE}: nothing is posted.`);
  }
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  if (text.trim() === '') throw new Error('review.md is empty: nothing is posted.');
  return text;
}

/**
 * The text without what acts on a reader: mentions that notify, images and HTML that load from elsewhere, our marker.
 * Diagrams, tables and code stay; so do <details>, <summary> and <br>.
 */
function tame(text) {
  return text
    .replaceAll(MARKER, '')
    .replaceAll(/\p{Cc}/gu, (character) => (character === '\n' || character === '\t' ? character : ''))
    .replaceAll(/!(?=\[)/g, '\\!')
    .replaceAll(/<(?!\/?(?:details|summary|br|sub|sup|b|i|code|kbd)\s*\/?>)(?=[a-z/!])/gi, '&lt;')
    .replaceAll(/@(?=[\w-])/g, '@\u2060');
}

/** The whole comment for the plan of `commit`, made by the run at `url`. */
function renderComment(review, { commit, url }) {
  const head = [MARKER, `Plan of ${commit} · [run](${url})`, '', ''].join('\n');
  const body = tame(review);
  if (head.length + body.length <= LONGEST) return head + body;
  return `${head}The review is too long for a comment (${body.length} characters): the run has it as its summary.\n`;
}

/**
 * The pull request that the run was for: open, from the branch that the event names, and still at the commit that was
 * planned. Neither its number nor anything else is taken from the artifact. Undefined when there is none any more.
 */
async function findPullRequest(github, { repo, run }) {
  const head = `${run.head_repository.owner.login}:${run.head_branch}`;
  const found = await github.paginate(github.rest.pulls.list, {
    ...repo,
    state: 'open',
    head,
    per_page: 100,
  });
  return found.find(
    (pull) => pull.head.sha === run.head_sha && pull.head.repo?.id === run.head_repository.id,
  );
}

/** Our earlier comment: by its first line and its author, since anybody may write that line. */
async function findComment(github, { repo, number }) {
  const comments = await github.paginate(github.rest.issues.listComments, {
    ...repo,
    issue_number: number,
    per_page: 100,
  });
  return comments.find(
    ({ user, body }) =>
      user?.type === 'Bot' && user.login === 'github-actions[bot]' && body?.startsWith(MARKER),
  );
}

/** Posts or updates the one comment. Called by actions/github-script. */
async function postReview({ github, context, core, file }) {
  const { repo } = context;
  const run = context.payload.workflow_run;
  const pull = await findPullRequest(github, { repo, run });
  if (pull === undefined) {
    core.info(`No open pull request is at ${run.head_sha} any more: nothing to post.`);
    return;
  }
  const body = renderComment(readReview(file), { commit: run.head_sha, url: run.html_url });
  const earlier = await findComment(github, { repo, number: pull.number });
  if (earlier === undefined) {
    await github.rest.issues.createComment({ ...repo, issue_number: pull.number, body });
  } else {
    await github.rest.issues.updateComment({ ...repo, comment_id: earlier.id, body });
  }
}

module.exports = { MARKER, findPullRequest, postReview, readReview, renderComment, tame };
