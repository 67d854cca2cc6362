import { print, printError } from '../tools/cli/output';
import { confirm } from '../tools/cli/confirmation';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'reap',
  summary: `Lists the job runs and clusters of a stage with age and cost, and ends those that no running execution owns.
The reaper Lambda function does this for work of the workflows when an execution fails, and every 30 minutes.`,
  options: {
    local: { type: 'boolean', default: false },
    stage: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  optionHelp: {
    '--local': 'the running local AWS of this checkout',
    '--stage NAME': 'the stage to show (default: the setting STAGE)',
    '--dry-run': 'list only, end nothing',
    '--yes': 'do not request confirmation',
    '--json': 'print the result as JSON; other output goes to standard error',
  },
  run: async ({ values }) => {
    const { local, stage, yes, json, 'dry-run': dryRun } = values;
    // The AWS SDKs take two seconds to load; --help does not need them.
    const [{ openDeployed }, { endOrphans, findLiveCompute }, { renderCompute, toFacts }] = await Promise.all(
      [
        import('../tools/aws/target.js'),
        import('../tools/reap/live-compute.js'),
        import('../tools/reap/presentation.js'),
      ],
    );
    const target = await openDeployed({ local, stage });
    const observed = await findLiveCompute(target, new Date());
    const orphans = observed.filter(({ isOrphan }) => isOrphan);
    const report = (text: string): void => {
      (json ? printError : print)(`${text}\n`);
    };
    report(`Job runs and clusters of ${target.description}: ${observed.length || 'none'}`);
    if (observed.length > 0) report(renderCompute(observed));
    const question = `End ${orphans.length} orphaned job runs or clusters?`;
    const isConfirmed = orphans.length > 0 && !dryRun && (yes || (await confirm(question)));
    const ended = isConfirmed ? await endOrphans(target, orphans, report) : [];
    if (orphans.length === 0) report('All running job runs and clusters belong to a running execution.');
    else if (!isConfirmed) report(`${dryRun ? 'Dry run' : 'Not confirmed'}: nothing was ended.`);
    for (const { kind, id } of ended) report(`Ended ${kind} ${id}.`);
    if (json) {
      const facts = { compute: observed.map(toFacts), ended: ended.map(({ id }) => id) };
      print(`${JSON.stringify(facts, undefined, 2)}\n`);
    }
    return 0;
  },
});
