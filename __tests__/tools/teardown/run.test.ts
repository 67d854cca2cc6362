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
    }).toThrow('To tear it down: npm run cleanup -- --stage prod --force-prod');
  });

  test('is removed with --stage prod --force-prod, on the local AWS without them.', () => {
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

  test('continue after one that failed, without those that need it.', async () => {
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
      'Step c: skipped, because a step before it failed (a)',
      'Step d: skipped, because a step before it failed (c)',
    ]);
  });

  test('report no failure when each succeeds.', async () => {
    expect(await runSteps(progress, [step('a'), step('b', ['a'])], LOCAL)).toEqual([]);
    expect(ran).toEqual(['a', 'b']);
  });
});

describe('The exit code', () => {
  const resource = { arn: 'arn:aws:s3:::data', kind: 'S3 bucket', id: 'data', sources: ['name'] } as const;
  const leftover = { resource, cost: { usd: 0 } };
  const clean = { left: [], retained: [], expected: ['rule: shared'], stillInState: [], failedLookups: [] };

  test.each([
    ['nothing is left', clean, 0],
    ['only what the user keeps is left', { ...clean, retained: [leftover] }, 0],
    ['a resource is left', { ...clean, left: [leftover] }, 1],
    ['a state still lists something', { ...clean, stillInState: ['aws_s3_bucket.a'] }, 1],
    ['a look-up failed', { ...clean, failedLookups: ['look-up by tag: AccessDenied'] }, 1],
    ['nobody has confirmed', undefined, 1],
  ])('when %s is right.', (_, audit, code) => {
    expect(exitCodeOf({ inventory: EMPTY_INVENTORY, failed: [], audit }, false)).toBe(code);
  });

  test('after a dry run is 0.', () => {
    expect(exitCodeOf({ inventory: EMPTY_INVENTORY, failed: [], audit: undefined }, true)).toBe(0);
  });
});
