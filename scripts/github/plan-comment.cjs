'use strict';
// Posts the review of a pull request's plan and the state of the consent to what it loses. It runs in plan-comment.yml with
// write permission, on the default branch's code and without npm ci: Node's own modules only.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { findConsent, readConsent } = require('./consent.cjs');

/** First line of our comment, by which it is found again. */
const MARKER = '<!-- plan-review -->';

/** GitHub's limit for a comment, in characters; a review that keeps to its own limit leaves room for our lines. */
const MAX_COMMENT = 65_536;

/** What makes, checks or reviews a plan: a pull request that changes it can write what it likes into its plan. */
const PLAN_MAKERS =
  /^(scripts|tools|emulator|\.github|\.ci)\/|(^|\/)(package(-lock)?\.json|\.npmrc|\.terraform\.lock\.hcl|requirements[^/]*\.txt|[^/]*\.lock|tsconfig[^/]*\.json|cdktf\.json|pom\.xml)$/;

/** GitHub lists no more files of a pull request. */
const MAX_FILES = 3000;

/** As many of the files are named. */
const MAX_NAMED = 5;

/** Text of somebody else as a code span, without what could end it. */
function code(text) {
  return `\`${text.slice(0, 120).replaceAll(/[^\w./ @:+=,-]/gu, '?')}\``;
}

/** A warning when the pull request changes what makes its own plan; undefined when it does not. */
function warnOfFiles(files) {
  const names = files.flatMap(({ filename, previous_filename: old }) => (old ? [filename, old] : [filename]));
  const makers = names.filter((name) => PLAN_MAKERS.test(name));
  if (makers.length === 0 && files.length < MAX_FILES) return undefined;
  const more = makers.length > MAX_NAMED ? ` and ${makers.length - MAX_NAMED} more` : '';
  const named = makers.slice(0, MAX_NAMED).map(code).join(', ');
  const what = makers.length === 0 ? 'more files than GitHub lists' : `${named}${more}`;
  return `> 🟥 **This pull request changes what makes its own plan** (${what}): the plan below proves nothing. Read that code first.`;
}

/** What the consent is, for the comment and for the status of the commit. */
async function checkConsent(github, { repo, number, required }) {
  if (required === undefined) return { state: 'failure', description: 'There is no plan of this commit' };
  const { label } = required;
  if (label === null) return { state: 'success', description: 'No data is lost' };
  const by = await findConsent(github, { repo, number, label });
  if (by !== undefined) {
    const text = `> ✅ ${code(by)} consents to the data that is lost, by the label ${code(label)}.`;
    return { state: 'success', description: `${by} consents to the data that is lost`, text };
  }
  const text =
    `> 🟥 **Applying this loses data.** If that is meant, a maintainer gives this pull request the label ${code(label)}. ` +
    'It is for exactly these losses, in every stage that has the same ones.';
  return { state: 'failure', description: `Needs the label ${label} of a maintainer`, text };
}

/** The whole comment; `review` is undefined when there is no plan that can be reviewed. */
function renderComment({ run, review, warning, consent }) {
  const { head_sha: commit, html_url: url, conclusion } = run;
  const failed = conclusion === 'success' ? '' : ' · the run failed after it had planned';
  const head =
    review === undefined
      ? `🟥 **plan of ${commit} failed** · [run](${url})`
      : `Plan of ${commit} · [run](${url})${failed}`;
  const parts = [`${MARKER}\n${head}`, warning, consent.text, review].filter((part) => part !== undefined);
  const body = parts.join('\n\n');
  if (body.length <= MAX_COMMENT) return body;
  return `${parts.slice(0, -1).join('\n\n')}\n\nThe review is too long for a comment: the run of plan-comment has it as its summary.\n`;
}

/**
 * The pull request that the run was for: open, from the branch and at the commit that the event names. Only which of several
 * of them it is comes from the run's title, which the pull request's code may choose. Undefined when there is none any more.
 */
async function findPullRequest(github, { repo, run }) {
  const head = `${run.head_repository.owner.login}:${run.head_branch}`;
  const open = await github.paginate(github.rest.pulls.list, { ...repo, state: 'open', head, per_page: 100 });
  const pulls = open.filter(
    (pull) => pull.head.sha === run.head_sha && pull.head.repo?.id === run.head_repository.id,
  );
  const number = Number(/^plan of #(\d+)$/.exec(run.display_title)?.[1]);
  return pulls.find((pull) => pull.number === number) ?? (pulls.length === 1 ? pulls[0] : undefined);
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

/** Posts or updates the one comment, and sets the status of the commit. Called by actions/github-script. */
async function postReview({ github, context, core, folder }) {
  const { repo } = context;
  const run = context.payload.workflow_run;
  const pull = await findPullRequest(github, { repo, run });
  if (pull === undefined) {
    core.info(`No open pull request is at ${run.head_sha} any more: nothing to post.`);
    return;
  }
  const { number } = pull;
  const hasReview = existsSync(join(folder, 'review.md'));
  const review = hasReview ? readFileSync(join(folder, 'review.md'), 'utf8') : undefined;
  const required = hasReview ? readConsent(join(folder, 'consent.json')) : undefined;
  const files = await github.paginate(github.rest.pulls.listFiles, {
    ...repo,
    pull_number: number,
    per_page: 100,
  });
  const consent = await checkConsent(github, { repo, number, required });
  const body = renderComment({ run, review, warning: warnOfFiles(files), consent });
  const earlier = await findComment(github, { repo, number });
  if (earlier === undefined) {
    await github.rest.issues.createComment({ ...repo, issue_number: number, body });
  } else {
    await github.rest.issues.updateComment({ ...repo, comment_id: earlier.id, body });
  }
  await github.rest.repos.createCommitStatus({
    ...repo,
    sha: run.head_sha,
    state: consent.state,
    description: consent.description,
    // By the base: pull requests of one commit to several branches have each their own.
    context: `consent to losing data (${pull.base.ref})`,
    target_url: run.html_url,
  });
}

module.exports = { MARKER, postReview };
