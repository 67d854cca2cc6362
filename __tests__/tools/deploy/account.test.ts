import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { findPlanLosses } from '../../../tools/deploy/losses';
import type { Change } from '../../../tools/deploy/plan-summary';
import { applicationsToStop, changedApplications, restApplications } from '../../../tools/deploy/application';
import { makeRoles, missingRoles, neededRoles } from '../../../tools/deploy/linked-roles';
import { parseSettings } from '../../../config/settings';
import { Progress } from '../../../tools/cli/progress';
import type { ClientFactory, Target } from '../../../tools/aws/target';
import { Names } from '../../../config/names';

type Answers = Readonly<Record<string, (input: Record<string, string>) => unknown>>;

/** A target whose clients answer each command by its name. */
function targetWith(answers: Answers, calls: string[] = []): Target {
  const settings = parseSettings({});
  const client: ClientFactory = (Client) => {
    const made = new Client({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      retryMode: 'standard',
      maxAttempts: 1,
    });
    if (!(made instanceof IAMClient || made instanceof EMRServerlessClient || made instanceof S3Client))
      throw new Error('no such fake');
    made.send = (command: { constructor: { name: string }; input: Record<string, string> }) => {
      calls.push(`${command.constructor.name} ${Object.values(command.input)[0]}`);
      return Promise.resolve().then(() => answers[command.constructor.name]!(command.input));
    };
    return made;
  };
  return {
    kind: 'local',
    account: '123456789012',
    region: 'us-east-1',
    stage: 'dev',
    settings,
    names: new Names(settings, '123456789012'),
    terraformEnv: {},
    client,
    description: 'a test',
  };
}

function awsError(name: string, status: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

const absent = (): never => {
  throw awsError('NoSuchEntityException', 404);
};

describe('the roles that AWS keeps for its services', () => {
  const services = (settings: NodeJS.ProcessEnv, ...pipelines: ('clicklogger' | 'covid')[]): string[] =>
    neededRoles(pipelines, parseSettings(settings)).map(({ service }) => service);

  it('are those of the services that a pipeline uses; EC2 Spot only with Spot workers', () => {
    expect(services({}, 'clicklogger')).toEqual(['ops.emr-serverless.amazonaws.com']);
    expect(services({}, 'covid')).toEqual(['elasticmapreduce.amazonaws.com', 'spot.amazonaws.com']);
    expect(services({ CLUSTER_SPOT: 'off' }, 'covid')).toEqual(['elasticmapreduce.amazonaws.com']);
  });

  const roles = neededRoles(['covid'], parseSettings({}));

  it('are looked for by the names that the services gave them', async () => {
    const calls: string[] = [];
    const target = targetWith(
      { GetRoleCommand: ({ RoleName }) => (RoleName === 'AWSServiceRoleForEC2Spot' ? absent() : {}) },
      calls,
    );
    expect(await missingRoles(target, roles)).toEqual([roles[1]]);
    expect(calls).toEqual([
      'GetRoleCommand AWSServiceRoleForEMRCleanup',
      'GetRoleCommand AWSServiceRoleForEC2Spot',
    ]);
  });

  it('count as there when they may not be looked at', async () => {
    const denied = (): never => {
      throw awsError('AccessDenied', 403);
    };
    expect(await missingRoles(targetWith({ GetRoleCommand: denied }), roles)).toEqual([]);
  });

  it('are made, and no harm is done when somebody else was faster', async () => {
    const calls: string[] = [];
    const taken = (): never => {
      throw awsError('InvalidInputException', 400, 'Service role name X has been taken in this account');
    };
    expect(await makeRoles(targetWith({ CreateServiceLinkedRoleCommand: taken }, calls), roles)).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  it('that may not be made are told, with the command for somebody who may, and keep nothing back', async () => {
    const denied = (): never => {
      throw awsError('AccessDenied', 403, 'not authorized');
    };
    const problems = await makeRoles(targetWith({ CreateServiceLinkedRoleCommand: denied }), roles);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(
      'aws iam create-service-linked-role --aws-service-name elasticmapreduce.amazonaws.com',
    );
  });
});

describe('an EMR Serverless application that the plan changes', () => {
  const application = (state: string, jobRuns: object[] = []) =>
    targetWith({
      GetApplicationCommand: () => ({ application: { state } }),
      ListJobRunsCommand: () => ({ jobRuns }),
    });

  it('is found by its id', () => {
    const change = {
      address: 'a',
      type: 'aws_emrserverless_application',
      reason: undefined,
      forcedBy: [],
      after: {},
    };
    const before = { id: '00f1' };
    expect(changedApplications([{ ...change, kind: 'update', before }])).toEqual(['00f1']);
    expect(changedApplications([{ ...change, kind: 'delete', before }])).toEqual(['00f1']);
    expect(changedApplications([{ ...change, kind: 'no-op', before }])).toEqual([]);
    expect(changedApplications([{ ...change, kind: 'create', before: undefined }])).toEqual([]);
  });

  it.each(['CREATED', 'STOPPED'])('need not be stopped when it is %s', async (state) => {
    expect(await applicationsToStop(application(state), ['00f1'])).toEqual([]);
  });

  it.each(['STARTED', 'STARTING', 'STOPPING'])(
    'has to be stopped when it is %s and nothing runs',
    async (state) => {
      expect(await applicationsToStop(application(state), ['00f1'])).toEqual(['00f1']);
    },
  );

  const changed = (id: string): Change => ({
    ...{ address: 'a', type: 'aws_emrserverless_application', kind: 'update', reason: undefined },
    ...{ forcedBy: [], before: { id }, after: {} },
  });
  const quiet = new Progress({ onStderr: true });

  it('is stopped before a saved plan is applied', async () => {
    const calls: string[] = [];
    let state = 'STARTED';
    const target = targetWith(
      {
        GetApplicationCommand: () => ({ application: { state } }),
        ListJobRunsCommand: () => ({ jobRuns: [] }),
        StopApplicationCommand: () => {
          state = 'STOPPED';
          return {};
        },
      },
      calls,
    );
    expect(await restApplications(target, [changed('00f1')], quiet)).toEqual(['00f1']);
    expect(calls).toContain('StopApplicationCommand 00f1');
  });

  it('is not stopped when job runs are active on another one of the plan', async () => {
    const calls: string[] = [];
    const target = targetWith(
      {
        GetApplicationCommand: () => ({ application: { state: 'STARTED' } }),
        ListJobRunsCommand: ({ applicationId }) => ({
          jobRuns: applicationId === '00f2' ? [{ id: 'run-7', state: 'RUNNING' }] : [],
        }),
      },
      calls,
    );
    const changes = [changed('00f1'), changed('00f2')];
    await expect(restApplications(target, changes, quiet)).rejects.toThrow(/run-7 of application 00f2/);
    expect(calls.join()).not.toContain('StopApplication');
  });

  it('with an active job run ends the task before anything is changed, naming the run', async () => {
    const target = application('STARTED', [{ id: 'run-7', state: 'RUNNING' }]);
    await expect(applicationsToStop(target, ['00f1'])).rejects.toThrow(
      /run-7 of application 00f1 \(RUNNING\)\nNothing was changed.*cancel-job-run --application-id 00f1 --job-run-id run-7/,
    );
  });
});

describe('a bucket that an interrupted apply has left half-made', () => {
  const change: Change = {
    address: 'aws_s3_bucket.data',
    type: 'aws_s3_bucket',
    kind: 'replace',
    reason: 'replace_because_tainted',
    forcedBy: [],
    before: { bucket: 'data', force_destroy: true },
    after: {},
  };
  const holding = (answer: object) => targetWith({ ListObjectVersionsCommand: () => answer });

  it('is replaced without a loss while it is empty, so that the same command goes on', async () => {
    expect((await findPlanLosses(holding({}), [change])).size).toBe(0);
  });

  it.each([{ Versions: [{ Key: 'a' }] }, { DeleteMarkers: [{ Key: 'a' }] }])(
    'is a loss when it holds %j',
    async (answer) => {
      expect((await findPlanLosses(holding(answer), [change])).get(change)).toMatch(/^lost: every object/);
    },
  );

  it('is the only one that is looked into: replaced for another reason, a bucket is always a loss', async () => {
    const forced = { ...change, reason: 'replace_because_cannot_update' };
    expect((await findPlanLosses(holding({}), [forced])).size).toBe(1);
  });
});
