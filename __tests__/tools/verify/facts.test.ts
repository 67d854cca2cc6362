import { compareFacts } from '../../../tools/verify/facts';

describe('Facts', () => {
  test('are the same only when both sides say the same, word for word.', () => {
    const findings = compareFacts('s', { status: 'FAILED', rows: '8' }, { status: 'FAILED', rows: '7' });
    expect(findings).toEqual([
      { scenario: 's', fact: 'status', expected: 'FAILED', seen: 'FAILED', same: true },
      { scenario: 's', fact: 'rows', expected: '8', seen: '7', same: false },
    ]);
  });

  test('that one side does not have are a difference.', () => {
    const findings = compareFacts('s', { rows: '8' }, { more: '1' });
    expect(findings.map(({ fact, same }) => [fact, same])).toEqual([
      ['rows', false],
      ['more', false],
    ]);
  });
});
