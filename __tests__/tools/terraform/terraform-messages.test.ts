import { ApplyProgress, renderDiagnostics } from '../../../tools/terraform/terraform-messages';

function follow(...messages: object[]): ApplyProgress {
  const progress = new ApplyProgress();
  for (const message of messages) progress.accept(JSON.stringify(message));
  return progress;
}

const planned = { type: 'change_summary', changes: { add: 3, change: 1, remove: 1, operation: 'plan' } };
const hook = (type: string, addr: string, action = 'create', seconds?: number) => ({
  type,
  hook: { resource: { addr }, action, elapsed_seconds: seconds },
});
const waits = (addr: string, seconds: number) => hook('apply_progress', addr, 'create', seconds);

const applied = { type: 'change_summary', changes: { add: 9, change: 0, remove: 0, operation: 'apply' } };
const slow = [waits('a.first', 10), waits('a.second', 10), waits('a.first', 20)];

describe('The progress of an apply', () => {
  test.each<[string, object[], string]>([
    ['is planning until Terraform has a plan', [{ type: 'version' }], 'planning'],
    ['counts applied resources', [planned, hook('apply_complete', 'a.b')], '1 of 5 resources'],
    [
      'does not have resources of the first seconds',
      [planned, hook('apply_start', 'a.b')],
      '0 of 5 resources',
    ],
    ['has the slow resources', [planned, ...slow], '0 of 5 resources; waiting for a.first (20 s) and 1 more'],
    [
      'does not count a failed resource',
      [planned, waits('a.b', 10), hook('apply_errored', 'a.b')],
      '0 of 5 resources',
    ],
    [
      'does not count data sources',
      [planned, hook('apply_complete', 'data.x.y', 'read')],
      '0 of 5 resources',
    ],
    ['ignores the summary of the apply', [planned, applied], '0 of 5 resources'],
  ])('%s.', (_, messages, expected) => {
    expect(follow(...messages).describe()).toBe(expected);
  });

  test.each(['', 'Warning: something', '{"broken', '{"no":"type"}'])('ignores the line %j.', (line) => {
    const progress = new ApplyProgress();
    progress.accept(line);
    expect(progress.describe()).toBe('planning');
  });
});

describe('The errors of Terraform', () => {
  const denied =
    'creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 403, ' +
    'RequestID: 12AB, HostID: 34CD, api error AccessDenied: not authorized';

  test('have the resource and the error of AWS, without transport details.', () => {
    const text = renderDiagnostics([
      { severity: 'error', summary: denied, detail: '', address: 'aws_s3_bucket.x' },
    ]);
    expect(text).toBe(
      '✖ aws_s3_bucket.x\n    creating S3 Bucket (x): S3 CreateBucket: HTTP 403, AccessDenied: not authorized',
    );
  });

  test('are shown once for all resources with the same error.', () => {
    const of = (address: string) => ({ severity: 'error', summary: 'no credentials', address });
    expect(renderDiagnostics([of('a.a'), of('a.b')])).toBe('✖ a.a\n✖ a.b\n    no credentials');
  });

  test('do not include warnings.', () => {
    expect(renderDiagnostics([{ severity: 'warning', summary: 'deprecated' }])).toBe('');
  });

  test('include the detail.', () => {
    const text = renderDiagnostics([
      { severity: 'error', summary: 'Invalid value', detail: 'Give a number.\nOr none.' },
    ]);
    expect(text).toBe('    Invalid value\n    Give a number.\n    Or none.');
  });
});
