import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import { fakeGithub, labelEvent, type ConsentScript } from './fake-github';

const { findConsent, requireConsent } = jest.requireActual<ConsentScript>('../../scripts/github/consent.cjs');

const LABEL = 'destroys-data:0123456789abcdef';
const OTHER = 'destroys-data:fedcba9876543210';
const repo = { owner: 'o', repo: 'r' };
const given = labelEvent('labeled', LABEL, 'maintainer');

function consentWith(events: readonly unknown[], permission = 'write', labels = [{ name: LABEL }]) {
  const { github } = fakeGithub({
    listLabelsOnIssue: labels,
    listEvents: events,
    getCollaboratorPermissionLevel: { data: { permission } },
  });
  return findConsent(github, { repo, number: 5, label: LABEL });
}

test.each(['admin', 'write'])(
  'A label of a user with the permission %s is a consent.',
  async (permission) => {
    expect(await consentWith([given], permission)).toBe('maintainer');
  },
);

test.each<[string, Promise<string | undefined>]>([
  ['of a user with read permission', consentWith([given], 'read')],
  ['of a user without permission', consentWith([given], 'none')],
  ['of a bot', consentWith([labelEvent('labeled', LABEL, 'github-actions[bot]', 'Bot')])],
  ['that was removed', consentWith([given, labelEvent('unlabeled', LABEL, 'author')], 'write', [])],
  ['that was not added', consentWith([])],
  ['for other losses', consentWith([labelEvent('labeled', OTHER, 'maintainer')], 'write', [{ name: OTHER }])],
])('A label %s is not a consent.', async (_what, consent) => {
  expect(await consent).toBeUndefined();
});

test('The consent is of the user who last added the label.', async () => {
  const again = labelEvent('labeled', LABEL, 'second');
  expect(await consentWith([given, labelEvent('unlabeled', LABEL, 'author'), again])).toBe('second');
});

describe('The deployment', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'consent.json');
  const merged = { number: 5, merged_at: '2026-11-28', base: { ref: 'main' } };

  async function failuresOf(label: string | null, pulls: readonly unknown[], events: readonly unknown[]) {
    writeFileSync(
      file,
      JSON.stringify({ label, losses: label === null ? [] : ['covid aws_s3_bucket.A: all'] }),
    );
    const { github, calls } = fakeGithub({
      listPullRequestsAssociatedWithCommit: pulls,
      listLabelsOnIssue: [{ name: LABEL }],
      listEvents: events,
      getCollaboratorPermissionLevel: { data: { permission: 'write' } },
    });
    const failures: string[] = [];
    await requireConsent({
      github,
      file,
      core: { info: () => undefined, setFailed: (text) => void failures.push(text) },
      context: { repo, sha: 'c0ffee', payload: { repository: { default_branch: 'main' } } },
    });
    return { failures, calls };
  }

  test('of a plan without a loss requires no consent.', async () => {
    expect(await failuresOf(null, [], [])).toEqual({ failures: [], calls: [] });
  });

  test('continues with a consent in the merged pull request.', async () => {
    const { failures, calls } = await failuresOf(LABEL, [merged], [given]);
    expect(failures).toEqual([]);
    expect(calls[0]?.options).toMatchObject({ commit_sha: 'c0ffee' });
  });

  test.each<[string, string, readonly unknown[], readonly unknown[]]>([
    ['no label was added', LABEL, [merged], []],
    ['the consent is for other losses', OTHER, [merged], [given]],
    ['the pull request is open', LABEL, [{ ...merged, merged_at: null }], [given]],
    ['the pull request has another base', LABEL, [{ ...merged, base: { ref: 'next' } }], [given]],
    ['the commit has no pull request', LABEL, [], [given]],
  ])('fails with the next step when %s.', async (_what, label, pulls, events) => {
    const { failures } = await failuresOf(label, pulls, events);
    expect(failures).toEqual([expect.stringMatching(/covid aws_s3_bucket\.A: all\nNothing was applied/)]);
    expect(failures[0]).toMatch(
      new RegExp(`a maintainer adds the label ${label} to .* and runs the failed jobs`),
    );
  });
});
