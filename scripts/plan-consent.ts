import { readFileSync } from 'node:fs';
import { errorMessage, TaskError } from '../tools/cli/errors';
import { openPlan } from '../tools/terraform/plan-file';
import { judgeConsent } from '../tools/plan/consent';
import { runTask } from '../tools/cli/task';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TaskError(`${file} cannot be read: ${errorMessage(error)}`);
  }
}

void runTask({
  name: 'plan-consent',
  summary:
    'Fails when a plan would destroy data and the pull request does not say that this is meant. Run by plan.yml.',
  options: { event: { type: 'string' } },
  positionals: true,
  optionHelp: {
    'PLAN.json …': 'plans, as npm run plan writes them',
    '--event FILE': "GitHub's event of the pull request (GITHUB_EVENT_PATH)",
  },
  run: ({ values, positionals }) => {
    if (positionals.length === 0 || values.event === undefined)
      throw new TaskError('Give at least one plan and --event FILE.');
    const plans = positionals.map((file) => openPlan(file));
    const { passes, text } = judgeConsent(plans, read(values.event));
    process.stdout.write(`${text}\n`);
    return Promise.resolve(passes ? 0 : 1);
  },
});
