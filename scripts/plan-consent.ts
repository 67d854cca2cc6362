import { print } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { runTask } from '../tools/cli/task';
import { requiredConsent } from '../tools/data-loss/consent';
import { openPlan } from '../tools/terraform/plan/plan-file';

void runTask({
  name: 'plan-consent',
  summary: `Prints the data loss of plans as JSON, with the label by which a maintainer consents to it. Used by plan-comment.yml and
deploy.yml, whose scripts/github/consent.cjs checks the consent.`,
  options: {},
  positionals: true,
  optionHelp: { 'PLAN.json …': 'plans of npm run plan' },
  run: ({ positionals }) => {
    if (positionals.length === 0) throw new TaskError('Specify at least one plan of npm run plan.');
    const consent = requiredConsent(positionals.map((file) => openPlan(file)));
    print(`${JSON.stringify(consent, undefined, 2)}\n`);
    return Promise.resolve(0);
  },
});
