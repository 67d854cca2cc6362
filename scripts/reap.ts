import type { ObservedCompute } from '../tools/reap/live-compute';
import { TaskError } from '../tools/cli/errors';
import { runTask } from '../tools/cli/task';

async function confirm(orphans: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new TaskError(
      'There is no terminal to confirm at. Nothing was ended. Add --yes to go ahead without asking.',
    );
  }
  const prompts = await import('@clack/prompts');
  const message = `End ${orphans === 1 ? 'this one' : `these ${orphans}`}?`;
  // Ctrl-C gives a symbol.
  return (await prompts.confirm({ message, initialValue: false })) === true;
}

function conclusion(orphans: number, { dryRun }: { readonly dryRun: boolean }): string {
  if (orphans === 0) return 'Nothing runs that no execution owns.';
  return `${dryRun ? 'Dry run' : 'Not confirmed'}: nothing was ended.`;
}

void runTask({
  name: 'reap',
  summary: `Lists the job runs and clusters of a stage with age and cost so far, and ends those that no running execution
owns. The reaper does the same by itself when an execution ends badly, and every 30 minutes, for what a workflow started.`,
  options: {
    local: { type: 'boolean', default: false },
    stage: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  optionHelp: {
    '--local': 'the running local AWS of this checkout',
    '--stage NAME': 'the stage to look at (default: the setting STAGE)',
    '--dry-run': 'list only, end nothing',
    '--yes': 'do not ask',
    '--json': 'print the result as JSON; everything else goes to standard error',
  },
  run: async ({ values }) => {
    const { local, stage, yes, json, 'dry-run': dryRun } = values;
    // The AWS SDKs take two seconds to load, which --help need not wait for.
    const [{ openDeployed }, { findLiveCompute }, { endOrphans }, { describeEnded, renderCompute, toFacts }] =
      await Promise.all([
        import('../tools/covid-data/covid-bucket.js'),
        import('../tools/reap/live-compute.js'),
        import('../tools/reap/end-orphans.js'),
        import('../tools/reap/presentation.js'),
      ]);
    const target = await openDeployed({ local, stage });
    const observed = await findLiveCompute(target, new Date());
    const orphans = observed.filter(({ isOrphan }: ObservedCompute) => isOrphan);
    const tell = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
    tell(
      `Job runs and clusters of ${target.description}: ${observed.length === 0 ? 'none' : observed.length}`,
    );
    if (observed.length > 0) tell(renderCompute(observed));
    const goes = orphans.length > 0 && !dryRun && (yes || (await confirm(orphans.length)));
    const ended = goes ? await endOrphans(target, orphans, tell) : [];
    tell(goes ? describeEnded(ended) : conclusion(orphans.length, { dryRun }));
    if (json) {
      const facts = { compute: observed.map(toFacts), ended: ended.map(({ id }) => id) };
      process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
    }
    return 0;
  },
});
