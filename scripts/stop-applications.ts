import { print } from '../tools/cli/output';
import { applicationsToStop, stopApplications } from '../tools/deploy/application';
import { TaskError } from '../tools/cli/errors';
import { openPlan } from '../tools/terraform/plan/plan-file';
import { Progress } from '../tools/cli/progress';
import { openTarget } from '../tools/aws/target';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'stop-applications',
  summary: `Stops the started EMR Serverless applications that plans change, because AWS changes stopped ones only. With active
job runs on one of them it fails and stops none. Run by deploy.yml before it applies the plans, as exec does by itself.`,
  options: { local: { type: 'boolean' } },
  positionals: true,
  optionHelp: {
    'PLAN.json …': 'plans, as npm run plan writes them',
    '--local': 'applications of the local AWS of this checkout',
  },
  run: async ({ values, positionals }) => {
    if (positionals.length === 0) throw new TaskError('Give at least one plan, as npm run plan writes it.');
    const changes = positionals.flatMap((file) => openPlan(file, { inClear: true }).changes);
    const target = await openTarget(values);
    const ids = await applicationsToStop(target, changes);
    await stopApplications(target, ids, new Progress());
    print(`Applications that had to be stopped: ${ids.join(', ') || 'none'}\n`);
    return 0;
  },
});
