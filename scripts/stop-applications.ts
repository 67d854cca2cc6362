import { print } from '../tools/cli/output';
import { applicationsToStop, stopApplications } from '../tools/deploy/application';
import { TaskError } from '../tools/cli/errors';
import { openPlan } from '../tools/terraform/plan/plan-file';
import { Progress } from '../tools/cli/progress';
import { openTarget } from '../tools/aws/target';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'stop-applications',
  summary: `Stops the started EMR Serverless applications that plans change: AWS updates stopped applications only. Fails without
stopping any when one of them has active job runs. deploy.yml runs it before it applies the plans; exec stops applications itself.`,
  options: { local: { type: 'boolean' } },
  positionals: true,
  optionHelp: {
    'PLAN.json …': 'plans that npm run plan has written',
    '--local': 'applications of the local AWS of this checkout',
  },
  run: async ({ values, positionals }) => {
    if (positionals.length === 0)
      throw new TaskError('Specify at least one plan that npm run plan has written.');
    const changes = positionals.flatMap((file) => openPlan(file, { inClear: true }).changes);
    const target = await openTarget(values);
    const ids = await applicationsToStop(target, changes);
    await stopApplications(target, ids, new Progress());
    print(`Stopped applications: ${ids.join(', ') || 'none'}\n`);
    return 0;
  },
});
