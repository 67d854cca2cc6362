import { exitCodeOf, requireAllowed, runSteps } from '../../../tools/teardown/run';
import type { CleanupStep } from '../../../tools/teardown/steps';
import type { Progress } from '../../../tools/cli/progress';
import { TaskError } from '../../../tools/cli/errors';
import { EMPTY_INVENTORY } from './empty-inventory';

const LOCAL = { kind: 'local', stage: 'dev' } as const;
const PROD = { kind: 'aws', stage: 'prod' } as const;

const stepOutput = { update: () => undefined, setTitle: () => undefined };

const progress: Pick<Progress, 'step'> = { step: async (_title, work) => work(stepOutput) };

describe('The protected stage prod', () => {
  const none = { yes: false, namedStage: undefined, forceProd: false };

  test.each([
    ['no option', {}],
    ['--yes', { yes: true }],
    ['--stage prod', { yes: true, namedStage: 'prod' }],
    ['--force-prod with STAGE=prod as a setting', { yes: true, forceProd: true }],
  ])('is not removed with %s.', (_, consent) => {
    expect(() => {
      requireAllowed(PROD, { ...none, ...consent });
    }).toThrow('To remove it: npm run cleanup -- --stage prod --force-prod');
  });

  test('is removed with --stage prod --force-prod, and without them on the local AWS.', () => {
    requireAllowed(PROD, { ...none, namedStage: 'prod', forceProd: true });
    requireAllowed({ kind: 'local', stage: 'prod' }, none);
    requireAllowed({ kind: 'aws', stage: 'dev' }, none);
  });
});

describe('The steps', () => {
  const ran: string[] = [];

  beforeEach(() => {
    ran.length = 0;
  });

  const step = (id: string, needs: readonly string[] = [], failure?: string): CleanupStep => ({
    id,
    title: `Step ${id}`,
    needs,
    run: () => {
      ran.push(id);
      return failure === undefined ? Promise.resolve() : Promise.reject(new TaskError(failure));
    },
  });

  test('continue after a failed step, except the steps that need it.', async () => {
    const steps = [
      step('a', [], 'no permission'),
      step('b'),
      step('c', ['a']),
      step('d', ['c']),
      step('e', ['b']),
    ];
    const failures = await runSteps(progress, steps, LOCAL);
    expect(ran).toEqual(['a', 'b', 'e']);
    expect(failures).toEqual([
      'Step a: no permission',
      'Step c: skipped, because a required step failed (a)',
      'Step d: skipped, because a required step failed (c)',
    ]);
  });

  test('report no failure when all succeed.', async () => {
    expect(await runSteps(progress, [step('a'), step('b', ['a'])], LOCAL)).toEqual([]);
    expect(ran).toEqual(['a', 'b']);
  });
});

describe('The exit code', () => {
  const resource = { arn: 'arn:aws:s3:::data', kind: 'S3 bucket', id: 'data', sources: ['name'] } as const;
  const leftover = { resource, cost: { usd: 0 } };
  const clean = { left: [], retained: [], expected: ['rule: shared'], stillInState: [], failedLookups: [] };

  test.each([
    [0, 'nothing is left', clean],
    [0, 'only retained buckets are left', { ...clean, retained: [leftover] }],
    [1, 'a resource is left', { ...clean, left: [leftover] }],
    [1, 'a state lists a resource', { ...clean, stillInState: ['aws_s3_bucket.a'] }],
    [1, 'a lookup failed', { ...clean, failedLookups: ['lookup by tag: AccessDenied'] }],
    [1, 'the removal was not confirmed', undefined],
  ])('is %d when %s.', (code, _, audit) => {
    expect(exitCodeOf({ inventory: EMPTY_INVENTORY, failed: [], audit }, false)).toBe(code);
  });

  test('is 0 after a dry run.', () => {
    expect(exitCodeOf({ inventory: EMPTY_INVENTORY, failed: [], audit: undefined }, true)).toBe(0);
  });
});
