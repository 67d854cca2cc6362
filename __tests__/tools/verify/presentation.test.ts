import { renderFindings, renderProposal } from '../../../tools/verify/presentation';
import { compareFacts } from '../../../tools/verify/facts';

describe('The table of a verification', () => {
  const findings = [
    ...compareFacts('failing-job', { status: 'FAILED', rows: 8 }, { status: 'SUCCEEDED', more: 1 }),
    ...compareFacts(
      'permissions',
      { 'a: s3:GetObject on x': 'allowed' },
      { 'a: s3:GetObject on x': 'allowed' },
    ),
    ...compareFacts(
      'permissions',
      { 'b: s3:GetObject on x': 'denied' },
      { 'b: s3:GetObject on x': 'allowed' },
    ),
  ];
  const lines = renderFindings(findings).split('\n');

  test('has a row for each fact with the expected and the seen value.', () => {
    for (const [fact, expected, seen] of [
      ['status', 'FAILED', 'SUCCEEDED'],
      ['rows', '8', '(nothing)'],
      ['more', '(nothing)', '1'],
    ] as const) {
      const row = ['failing-job', fact, expected, seen, 'DIFFERENT'];
      expect(lines.map((line) => line.split(/ {2,}/))).toContainEqual(row);
    }
  });

  test('has one row for all permissions that match the matrix, and one for each other permission.', () => {
    expect(lines).toContainEqual(
      expect.stringMatching(/^permissions +b: s3:GetObject on x +denied +allowed +DIFFERENT$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/1 rows of the matrix +as declared +as declared +same$/),
    );
    expect(lines.filter((line) => line.startsWith('permissions'))).toHaveLength(2);
  });

  test('shortens long texts to one line.', () => {
    const long = compareFacts('s', { error: 'none' }, { error: `first\nsecond ${'x'.repeat(400)}` });
    expect(renderFindings(long)).toMatch(/first second x{30,}….*DIFFERENT$/m);
  });
});

test('The proposal has the place, the preconditions and the maximum cost.', () => {
  const text = renderProposal(
    'stage verifyx1z in account 123456789012, us-east-1',
    [{ name: 'quota of VPCs', state: 'not known', detail: 'not authorized' }],
    { usd: 6.239, basis: ['clicklogger: 3 runs of 16 vCPU, at most 1.0 h'] },
  );
  expect(text).toContain('account 123456789012');
  expect(text).toMatch(/quota of VPCs +not known +not authorized/);
  expect(text).toContain('6.24 USD');
  expect(text).toContain('3 runs of 16 vCPU');
});
