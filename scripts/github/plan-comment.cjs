'use strict';
// Posts the review of a pull request's plan and the status of the consent to its data loss. Runs in plan-comment.yml with write
// permission, with the code of the default branch and without npm ci: modules of Node only.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { findConsent, readConsent } = require('./consent.cjs');

/** First line of the comment, to find it. */
const MARKER = '<!-- plan-review -->';

/** GitHub's limit of a comment, in characters. */
const MAX_COMMENT = 65_536;

/** Files that create, check or review a plan: a pull request that changes them can forge its plan. */
const PLAN_MAKERS =
  /^(scripts|tools|emulator|\.github|\.ci)\/|(^|\/)(package(-lock)?\.json|\.npmrc|\.terraform\.lock\.hcl|requirements[^/]*\.txt|[^/]*\.lock|tsconfig[^/]*\.json|cdktf\.json|pom\.xml)$/;

/** GitHub's limit for the files of a pull request. */
const MAX_FILES = 3000;

/** Files that the warning names. */
const MAX_NAMED = 5;

/** External text as a code span, without characters that could end it. */
function code(text) {
  return `\`${text.slice(0, 120).replaceAll(/[^\w./ @:+=,-]/gu, '?')}\``;
}

/** A warning when the pull request changes files that create its plan. */
function warnOfFiles(files) {
  const names = files.flatMap(({ filename, previous_filename: old }) => (old ? [filename, old] : [filename]));
  const makers = names.filter((name) => PLAN_MAKERS.test(name));
  if (makers.length === 0 && files.length < MAX_FILES) return undefined;
  const more = makers.length > MAX_NAMED ? ` and ${makers.length - MAX_NAMED} more` : '';
  const named = makers.slice(0, MAX_NAMED).map(code).join(', ');
  const what = makers.length === 0 ? 'more files than GitHub lists' : `${named}${more}`;
  return `> 🟥 **This pull request changes the code that creates its plan** (${what}): the plan below is not reliable. Review that code first.`;
}

/** The consent, for the comment and for the status of the commit. */
async function checkConsent(github, { repo, number, required }) {
  if (required === undefined) return { state: 'failure', description: 'This commit has no plan' };
  const { label } = required;
  if (label === null) return { state: 'success', description: 'No data is lost' };
  const by = await findConsent(github, { repo, number, label });
  if (by !== undefined) {
    const text = `> ✅ ${code(by)} consents to the data loss with the label ${code(label)}.`;
    return { state: 'success', description: `${by} consents to the data loss`, text };
  }
  const text =
    `> 🟥 **Applying this plan loses data.** To consent, a maintainer adds the label ${code(label)} to this pull request. ` +
    'The label applies to exactly these losses, in every stage.';
  return { state: 'failure', description: `Requires the label ${label} of a maintainer`, text };
}

/** The comment; `review` is undefined without a plan that can be reviewed. */
function renderComment({ run, review, warning, consent }) {
  const { head_sha: commit, html_url: url, conclusion } = run;
  const failed = conclusion === 'success' ? '' : ' · the run failed after the plan';
  const head =
    review === undefined
      ? `🟥 **plan of ${commit} failed** · [run](${url})`
      : `Plan of ${commit} · [run](${url})${failed}`;
  const parts = [`${MARKER}\n${head}`, warning, consent.text, review].filter((part) => part !== undefined);
  const body = parts.join('\n\n');
  if (body.length <= MAX_COMMENT) return body;
  return `${parts.slice(0, -1).join('\n\n')}\n\nThe review is too long for a comment: see the summary of the plan-comment run.\n`;
}

/**
 * The open pull request of the run, by the branch and commit of the event. The title of the run, which the code of the pull
 * request can choose, only selects one of several such pull requests.
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

/** The existing comment, by its first line and its author: every user can write that line. */
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
    core.info(`No open pull request at ${run.head_sha}: nothing to post.`);
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
    // One status for each base branch of the commit.
    context: `consent to losing data (${pull.base.ref})`,
    target_url: run.html_url,
  });
}

module.exports = { MARKER, postReview };
