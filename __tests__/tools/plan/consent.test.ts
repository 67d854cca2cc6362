import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../../tools/terraform/plan-format';
import { consentIn, judgeConsent } from '../../../tools/plan/consent';
import { planOf as planWith } from '../plan-review/plan-of';

const event = (body: string | null, ...labels: string[]): string =>
  JSON.stringify({ pull_request: { body, labels: labels.map((name) => ({ name })) } });

const ACTIONS = {
  delete: ['delete'],
  replace: ['delete', 'create'],
  'no-op': ['no-op'],
} as const;

const planOf = (kind: keyof typeof ACTIONS, type: string, before: object): Plan =>
  planWith([
    {
      ...{ type, name: 'Clicks', actions: ACTIONS[kind], before },
      after: kind === 'delete' ? null : { force_destroy: true },
    },
  ]);

const destroyed = planOf('delete', 'aws_s3_bucket', { force_destroy: true });

describe('consent', () => {
  it.each([
    ['the label', event('text', 'bug', 'destroys-data'), 'the label destroys-data'],
    [
      'a line with a reason',
      event('Renames it.\r\n\r\ndestroys-data: it was never used\r\n'),
      'it was never used',
    ],
    ['in any case of letters', event('Destroys-Data: it was never used'), 'it was never used'],
  ])('is given by %s', (_what, text, expected) => {
    expect(consentIn(text)).toContain(expected);
  });

  it.each([
    ['nothing', event(null)],
    ['another label', event('', 'destroys-data-not')],
    ['a line without a reason', event('destroys-data:')],
    ['a short word', event('destroys-data: yes')],
    ['the reason on the next line', event('destroys-data:\nit was never used')],
    ['a line in an HTML comment', event('<!--\ndestroys-data: why it is meant\n-->')],
    [
      'the template as it comes',
      event(readFileSync(join(__dirname, '../../../.github/pull_request_template.md'), 'utf8')),
    ],
    ['words within a line', event('This destroys-data: it was never used')],
  ])('is not given by %s', (_what, text) => {
    expect(consentIn(text)).toBeUndefined();
  });

  it.each(['', '{}', '{"push": {}}'])('cannot be read from %j', (text) => {
    expect(() => consentIn(text)).toThrow('GITHUB_EVENT_PATH');
  });
});

describe('a plan', () => {
  it.each([
    ['destroys a bucket with what is in it', destroyed],
    ['replaces it', planOf('replace', 'aws_s3_bucket', { force_destroy: true })],
    ['destroys logs', planOf('delete', 'aws_cloudwatch_log_group', {})],
  ])('that %s needs consent', (_what, plan) => {
    expect(judgeConsent([plan], event(''))).toMatchObject({
      passes: false,
      text: expect.stringMatching(/clicklogger: aws_\w+\.Clicks: .*destroys-data: REASON/s) as string,
    });
    expect(judgeConsent([plan], event('', 'destroys-data')).passes).toBe(true);
  });

  it.each([
    ['changes nothing', planOf('no-op', 'aws_s3_bucket', { force_destroy: true })],
    ['destroys what holds no data', planOf('delete', 'aws_iam_role', {})],
    ['destroys a bucket that S3 keeps while it is full', planOf('delete', 'aws_s3_bucket', {})],
  ])('that %s needs none', (_what, plan) => {
    expect(judgeConsent([plan], event(''))).toEqual({ passes: true, text: 'No data would be destroyed.' });
  });

  it('needs consent when one of several does', () => {
    expect(judgeConsent([planOf('no-op', 'aws_iam_role', {}), destroyed], event('')).passes).toBe(false);
  });
});
