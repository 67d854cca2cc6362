import { findPlanLosses, requireShownLosses } from '../../../tools/deploy/losses';
import type { Change } from '../../../tools/deploy/plan-summary';
import { applicationsToStop, stopApplications } from '../../../tools/deploy/application';
import { createRoles, missingRoles, neededRoles } from '../../../tools/deploy/linked-roles';
import { parseSettings } from '../../../config/settings';
import { Progress } from '../../../tools/cli/progress';
import { failing, fakeTarget } from '../../support/fake-target';

describe('The service-linked roles', () => {
  const services = (settings: NodeJS.ProcessEnv, ...pipelines: ('clicklogger' | 'covid')[]): string[] =>
    neededRoles(pipelines, parseSettings(settings)).map(({ service }) => service);

  test('depend on the services of the pipelines; EC2 Spot only with Spot workers.', () => {
    expect(services({}, 'clicklogger')).toEqual(['ops.emr-serverless.amazonaws.com']);
    expect(services({}, 'covid')).toEqual(['elasticmapreduce.amazonaws.com', 'spot.amazonaws.com']);
    expect(services({ CLUSTER_SPOT: 'off' }, 'covid')).toEqual(['elasticmapreduce.amazonaws.com']);
  });

  const roles = neededRoles(['covid'], parseSettings({}));

  test('are missing when IAM does not find their names.', async () => {
    const calls: string[] = [];
    const target = fakeTarget(
      {
        GetRoleCommand: ({ RoleName }) =>
          RoleName === 'AWSServiceRoleForEC2Spot' ? failing('NoSuchEntityException', 404)() : {},
      },
      { calls },
    );
    expect(await missingRoles(target, roles)).toEqual([roles[1]]);
    expect(calls).toEqual([
      'GetRoleCommand AWSServiceRoleForEMRCleanup',
      'GetRoleCommand AWSServiceRoleForEC2Spot',
    ]);
  });

  test('count as existing when reading them is denied.', async () => {
    const denied = failing('AccessDenied', 403);
    expect(await missingRoles(fakeTarget({ GetRoleCommand: denied }), roles)).toEqual([]);
  });

  test('are created; an existing role is not an error.', async () => {
    const calls: string[] = [];
    const taken = failing('InvalidInputException', 400, 'Service role name X has been taken in this account');
    expect(
      await createRoles(fakeTarget({ CreateServiceLinkedRoleCommand: taken }, { calls }), roles),
    ).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  test('that cannot be created are reported with the command for an administrator.', async () => {
    const denied = failing('AccessDenied', 403, 'not authorized');
    const problems = await createRoles(fakeTarget({ CreateServiceLinkedRoleCommand: denied }), roles);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(
      'aws iam create-service-linked-role --aws-service-name elasticmapreduce.amazonaws.com',
    );
  });
});

describe('An EMR Serverless application that the plan changes', () => {
  const application = (state: string, jobRuns: object[] = []) =>
    fakeTarget({
      GetApplicationCommand: () => ({ application: { state } }),
      ListJobRunsCommand: () => ({ jobRuns }),
    });
  const change = (kind: Change['kind'], id = '00f1'): Change => ({
    address: 'a',
    type: 'aws_emrserverless_application',
    kind,
    reason: undefined,
    forcedBy: [],
    before: kind === 'create' ? undefined : { id },
    after: {},
  });

  test.each([
    ...(['STARTED', 'STARTING', 'STOPPING'] as const).map((state) => ['update', state, ['00f1']] as const),
    ...(['replace', 'delete'] as const).map((kind) => [kind, 'STARTED', ['00f1']] as const),
    ...(['CREATED', 'STOPPED'] as const).map((state) => ['update', state, []] as const),
    ...(['no-op', 'create'] as const).map((kind) => [kind, 'STARTED', []] as const),
  ])('by %s while it is %s must be stopped first: %j.', async (kind, state, expected) => {
    expect(await applicationsToStop(application(state), [change(kind)])).toEqual(expected);
  });

  test('is stopped before the plan is applied.', async () => {
    const calls: string[] = [];
    let state = 'STARTED';
    const target = fakeTarget(
      {
        GetApplicationCommand: () => ({ application: { state } }),
        StopApplicationCommand: () => {
          state = 'STOPPED';
          return {};
        },
      },
      { calls },
    );
    await stopApplications(target, ['00f1'], new Progress({ onStderr: true }));
    expect(calls).toContain('StopApplicationCommand 00f1');
  });

  test('with an active job run is an error with the ID of the job run.', async () => {
    const target = application('STARTED', [{ id: 'run-7', state: 'RUNNING' }]);
    await expect(applicationsToStop(target, [change('update'), change('update', '00f2')])).rejects.toThrow(
      /run-7 of application 00f1 \(RUNNING\)\n.*run-7 of application 00f2[^]*Nothing was changed.*cancel-job-run --application-id 00f1 --job-run-id run-7/,
    );
  });
});

describe('A tainted bucket of an interrupted apply', () => {
  const change: Change = {
    address: 'aws_s3_bucket.data',
    type: 'aws_s3_bucket',
    kind: 'replace',
    reason: 'replace_because_tainted',
    forcedBy: [],
    before: { bucket: 'data', force_destroy: true },
    after: {},
  };
  const holding = (answer: object) => fakeTarget({ ListObjectVersionsCommand: () => answer });

  test('is replaced without a loss while it is empty.', async () => {
    expect((await findPlanLosses(holding({}), [change])).size).toBe(0);
  });

  test.each([{ Versions: [{ Key: 'a' }] }, { DeleteMarkers: [{ Key: 'a' }] }])(
    'is a loss when it contains %j.',
    async (answer) => {
      expect((await findPlanLosses(holding(answer), [change])).get(change)).toMatch(/^lost: every object/);
    },
  );

  test('prevents the apply when it has got objects since the plan was shown.', async () => {
    const [empty, full] = [holding({}), holding({ Versions: [{ Key: 'a' }] })];
    await requireShownLosses(empty, [change], await findPlanLosses(empty, [change]));
    await requireShownLosses(full, [change], await findPlanLosses(full, [change]));
    await expect(requireShownLosses(full, [change], await findPlanLosses(empty, [change]))).rejects.toThrow(
      /losses that were not shown:\n {2}aws_s3_bucket.data: lost: every object.*\nNothing was changed./,
    );
  });

  test('is a loss when it is replaced for another reason.', async () => {
    const forced = { ...change, reason: 'replace_because_cannot_update' };
    expect((await findPlanLosses(holding({}), [forced])).size).toBe(1);
  });
});
