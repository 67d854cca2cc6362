import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prices from '../../../schemas/prices.json';
import { costAtMost } from '../../../tools/verify/cost-at-most';
import { temporaryFolder } from '../../support/temporary-folder';

function stackWith(resource: object) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ resource }));
  return { name: 'clicklogger', folder };
}

const job = {
  StartAt: 'Start',
  States: {
    Start: {
      Type: 'Task',
      Resource: 'arn:aws:states:::emr-serverless:startJobRun',
      Arguments: { ApplicationId: '${aws_emrserverless_application.App.id}', ExecutionTimeoutMinutes: 30 },
      End: true,
    },
  },
};

const machine = { aws_sfn_state_machine: { Workflow: { definition: JSON.stringify(job) } } };

describe('The maximum cost of a verification', () => {
  test('is three runs until their time limit with the maximum capacity of the plan.', () => {
    const application = { architecture: 'X86_64', maximum_capacity: { cpu: '10 vCPU', memory: '20 GB' } };
    const { usd, basis } = costAtMost([
      stackWith({ ...machine, aws_emrserverless_application: { App: application } }),
    ]);
    const { vCpuHour, memoryGbHour } = prices.emrServerless.x86_64;
    expect(usd).toBeCloseTo(3 * 0.5 * (10 * vCpuHour + 20 * memoryGbHour));
    expect(basis).toEqual(['clicklogger: 3 runs of 10 vCPU and 20 GB (x86_64), at most 0.5 h']);
  });

  test('is an error if it is not known.', () => {
    expect(() => costAtMost([stackWith(machine)])).toThrow(
      /maximum cost of a run of clicklogger is not known: the maximum capacity/,
    );
  });
});
