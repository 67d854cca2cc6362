import { requireAllowed } from '../../../tools/teardown/confirmation';
import { exitCodeOf, runSteps } from '../../../tools/teardown/run';
import type { CleanupStep } from '../../../tools/teardown/steps';
import type { Progress } from '../../../tools/cli/progress';
import { TaskError } from '../../../tools/cli/errors';

const LOCAL = { kind: 'local', stage: 'dev' } as const;
const PROD = { kind: 'aws', stage: 'prod' } as const;

const stepOutput = { update: () => undefined, setTitle: () => undefined };

const progress: Pick<Progress, 'step'> = {
  step: async (_title, work) => work(stepOutput),
};

describe('a protected stage', () => {
  it.each([
    ['nothing', { yes: false, namedStage: undefined, forceProd: false }],
    ['--yes', { yes: true, namedStage: undefined, forceProd: false }],
    ['--stage prod', { yes: true, namedStage: 'prod', forceProd: false }],
    ['--force-prod with STAGE=prod as a setting', { yes: true, namedStage: undefined, forceProd: true }],
  ])('stays with %s', (_, consent) => {
    expect(() => {
      requireAllowed(PROD, consent);
    }).toThrow('To tear it down all the same: npm run cleanup -- --stage prod --force-prod');
  });

  it('goes with --stage prod --force-prod', () => {
    requireAllowed(PROD, { yes: false, namedStage: 'prod', forceProd: true });
  });

  it('is no matter on the local AWS, nor are other stages', () => {
    const consent = { yes: false, namedStage: undefined, forceProd: false };
    requireAllowed({ kind: 'local', stage: 'prod' }, consent);
    requireAllowed({ kind: 'aws', stage: 'dev' }, consent);
  });
});

describe('the steps', () => {
  const ran: string[] = [];

  beforeEach(() => {
    ran.length = 0;
  });

  const step = (id: string, needs: readonly string[] = [], failure?: string): CleanupStep => ({
    ...{ id, title: `Step ${id}`, needs },
    run: () => {
      ran.push(id);
      return failure === undefined ? Promise.resolve() : Promise.reject(new TaskError(failure));
    },
  });

  it('go on after one that failed, without those that need it', async () => {
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
      'Step c: left out, because a step before it failed (a)',
      'Step d: left out, because a step before it failed (c)',
    ]);
  });

  it('have no failure to tell when all went well', async () => {
    expect(await runSteps(progress, [step('a'), step('b', ['a'])], LOCAL)).toEqual([]);
    expect(ran).toEqual(['a', 'b']);
  });
});

describe('the exit code', () => {
  const resource = { arn: 'arn:aws:s3:::data', kind: 'S3 bucket', id: 'data', sources: ['name'] } as const;
  const clean = { left: [], kept: [], expected: ['rule: shared'], remembered: [], blind: [] };
  const plan = {
    ...{ states: [], going: [], kept: [], untagged: [], sizes: [] },
    inventory: { resources: [], leaving: [], blind: [] },
    work: { triggers: [], executions: [], jobs: [], clusters: [], startedApplications: [] },
  };

  it.each([
    ['nothing is left', clean, 0],
    ['only what was asked to be kept is left', { ...clean, kept: [{ resource, cost: { usd: 0 } }] }, 0],
    ['a resource is left', { ...clean, left: [{ resource, cost: { usd: 0 } }] }, 1],
    ['a state still lists something', { ...clean, remembered: ['aws_s3_bucket.a'] }, 1],
    ['a look-up failed', { ...clean, blind: ['look-up by tag: AccessDenied'] }, 1],
    ['nobody has confirmed', undefined, 1],
  ])('when %s', (_, audit, code) => {
    expect(exitCodeOf({ plan, failed: [], audit }, { dryRun: false })).toBe(code);
  });

  it('is 0 after a dry run', () => {
    expect(exitCodeOf({ plan, failed: [], audit: undefined }, { dryRun: true })).toBe(0);
  });
});
