'use strict';
// The consent to data loss. Called by actions/github-script with the code of the default branch; modules of Node only.
const { readFileSync } = require('node:fs');

/** `{ label, losses }` of scripts/plan-consent.ts; the label is null without a loss. */
function readConsent(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Login of the maintainer who added the label and still has write permission. Undefined without such a label.
 */
async function findConsent(github, { repo, number, label }) {
  const issue = { ...repo, issue_number: number, per_page: 100 };
  const labels = await github.paginate(github.rest.issues.listLabelsOnIssue, issue);
  if (!labels.some(({ name }) => name === label)) return undefined;
  const events = await github.paginate(github.rest.issues.listEvents, issue);
  const last = events
    .filter(({ event, label: of }) => /^(un)?labeled$/.test(event) && of?.name === label)
    .at(-1);
  if (last?.event !== 'labeled' || last.actor?.type !== 'User') return undefined;
  const username = last.actor.login;
  // GitHub maps "maintain" to write and "triage" to read.
  const { data } = await github.rest.repos.getCollaboratorPermissionLevel({ ...repo, username });
  return ['admin', 'write'].includes(data.permission) ? username : undefined;
}

/** Fails the job when the plan loses data without a consent in a pull request of the commit. */
async function requireConsent({ github, context, core, file }) {
  const { repo, sha, payload } = context;
  const { label, losses } = readConsent(file);
  if (label === null) {
    core.info('No data is lost.');
    return;
  }
  const pulls = await github.paginate(github.rest.repos.listPullRequestsAssociatedWithCommit, {
    ...repo,
    commit_sha: sha,
    per_page: 100,
  });
  const merged = pulls.filter(
    ({ merged_at: at, base }) => at !== null && base.ref === payload.repository.default_branch,
  );
  for (const { number } of merged) {
    const by = await findConsent(github, { repo, number, label });
    if (by !== undefined) {
      core.info(`${by} consents with the label ${label} of #${number} to:\n${losses.join('\n')}`);
      return;
    }
  }
  const where = merged.map(({ number }) => `#${number}`).join(' or ') || 'the pull request of this commit';
  core.setFailed(
    `Applying this plan loses data:\n${losses.join('\n')}\nNothing was applied. To consent, a maintainer adds the label ${label} ` +
      `to ${where} and runs the failed jobs again.`,
  );
}

module.exports = { findConsent, readConsent, requireConsent };
