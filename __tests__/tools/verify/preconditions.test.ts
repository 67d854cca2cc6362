import type { DescribeInstanceTypesCommand } from '@aws-sdk/client-ec2';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings } from '../../../config/settings';
import { checkPreconditions, type Precondition } from '../../../tools/verify/preconditions';
import type { Target } from '../../../tools/aws/target';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
mkdirSync(folder, { recursive: true });
const definition = JSON.stringify({ StartAt: 'A', Id: '${aws_emrserverless_application.x.id}', States: {} });
writeFileSync(
  join(folder, 'cdk.tf.json'),
  JSON.stringify({ resource: { aws_sfn_state_machine: { Workflow: { definition } } } }),
);
const STACK = { name: 'covid', folder };

const ZONES = [
  { Location: 'us-east-1a', InstanceType: 'm7g.xlarge' },
  { Location: 'us-east-1b', InstanceType: 'm6g.xlarge' },
];

/** An account that meets all preconditions. */
const GOOD: Readonly<Record<string, unknown>> = {
  GetServiceQuotaCommand: { Quota: { Value: 100 } },
  DescribeVpcsCommand: { Vpcs: [{}] },
  DescribeInstanceTypeOfferingsCommand: { InstanceTypeOfferings: ZONES },
  GetDataLakeSettingsCommand: {
    DataLakeSettings: {
      CreateTableDefaultPermissions: [
        { Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] },
      ],
    },
  },
  ValidateStateMachineDefinitionCommand: { result: 'OK', diagnostics: [] },
  GetRoleCommand: { Role: {} },
};

function ask(
  answers: Readonly<Record<string, unknown>> = {},
  { kind = 'aws', settings = {} }: { kind?: Target['kind']; settings?: NodeJS.ProcessEnv } = {},
): Promise<Precondition[]> {
  const send = (command: object): Promise<unknown> => {
    const name = command.constructor.name;
    if (name === 'DescribeInstanceTypesCommand') {
      const { InstanceTypes = [] } = (command as DescribeInstanceTypesCommand).input;
      return Promise.resolve({ InstanceTypes: InstanceTypes.map(() => ({ VCpuInfo: { DefaultVCpus: 4 } })) });
    }
    const answer = name in answers ? answers[name] : GOOD[name];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  class Client {
    send = send;
  }
  const target = {
    kind,
    settings: parseSettings(settings),
    // Paginators require an instance of the class of their client.
    client: (Of: new (config: object) => object) =>
      Object.assign(new Of({ region: 'us-east-1' }), new Client()),
  } as unknown as Target;
  return checkPreconditions(target, [STACK]);
}

const found = (list: readonly Precondition[], name: string): Precondition =>
  list.find((one) => one.name.includes(name))!;

describe('The preconditions', () => {
  test('are all met in a correct account.', async () => {
    const all = await ask();
    expect(all.filter(({ state }) => state !== 'met')).toEqual([]);
    expect(all.map(({ name }) => name)).toEqual([
      'service-linked roles',
      'vCPU quota of On-Demand instances',
      'vCPU quota of Spot instances',
      'vCPU quota of EMR Serverless',
      'quota of VPCs',
      'instance types in one zone',
      'Lake Formation defaults',
      'definitions of the state machines',
    ]);
    expect(found(all, 'zone').detail).toBe('us-east-1a, us-east-1b');
  });

  test.each([
    [{}, 'On-Demand', 'needed 4 vCPU, allowed 3'],
    [{}, 'Spot', 'needed 8 vCPU, allowed 3'],
    [{ CLUSTER_SPOT: 'off' }, 'On-Demand', 'needed 12 vCPU, allowed 3'],
    [{ EMR_MAX_VCPU: '40' }, 'Serverless', 'needed 40 vCPU, allowed 3'],
    [{}, 'quota of VPCs', 'needed 3 VPCs, allowed 3'],
  ])('include with the settings %j the required quota: %s.', async (settings, name, detail) => {
    const all = await ask({ GetServiceQuotaCommand: { Quota: { Value: 3 } } }, { settings });
    expect(found(all, name).detail).toContain(detail);
    expect(found(all, 'Serverless').detail).toContain(
      'aws service-quotas request-service-quota-increase --service-code emr-serverless --quota-code L-D05C8A75',
    );
    expect(found(all, name).state).toBe(name === 'quota of VPCs' ? 'met' : 'not met');
  });

  test.each<[string, string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'no zone offers both',
      'zone',
      { DescribeInstanceTypeOfferingsCommand: {} },
      /no zone offers one of m7g/,
    ],
    [
      'Lake Formation governs new tables',
      'Lake',
      { GetDataLakeSettingsCommand: { DataLakeSettings: {} } },
      /IAM access control/,
    ],
    [
      'a definition is not valid',
      'definitions',
      {
        ValidateStateMachineDefinitionCommand: {
          diagnostics: [{ location: '/States/A', message: 'no Type' }],
        },
      },
      /covid \/States\/A: no Type/,
    ],
  ])('are not met if %s.', async (_, name, answers, detail) => {
    const { state, detail: seen } = found(await ask(answers), name);
    expect(state).toBe('not met');
    expect(seen).toMatch(detail);
  });

  test('are not known, with the reason, if AWS does not answer.', async () => {
    const all = await ask({
      GetDataLakeSettingsCommand: new Error('not authorized to perform: lakeformation:GetDataLakeSettings'),
    });
    expect(found(all, 'Lake')).toMatchObject({
      state: 'not known',
      detail: expect.stringContaining('not authorized') as string,
    });
  });

  test('are limited to the supported ones on the local AWS.', async () => {
    const all = await ask({ GetServiceQuotaCommand: new Error('no such service') }, { kind: 'local' });
    expect(all.map(({ name }) => name)).toEqual([
      'service-linked roles',
      'definitions of the state machines',
    ]);
  });
});
