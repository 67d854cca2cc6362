import { print } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { runTask } from '../tools/cli/task';
import { requiredConsent } from '../tools/data-loss/consent';
import { openPlan } from '../tools/terraform/plan/plan-file';

void runTask({
  name: 'plan-consent',
  summary: `Prints as JSON which data plans lose, and the label by which a maintainer consents to exactly that. Run by
plan-comment.yml and deploy.yml, whose scripts/github/consent.cjs checks who has given the label.`,
  options: {},
  positionals: true,
  optionHelp: { 'PLAN.json …': 'plans, as npm run plan writes them' },
  run: ({ positionals }) => {
    if (positionals.length === 0) throw new TaskError('Give at least one plan, as npm run plan writes it.');
    const consent = requiredConsent(positionals.map((file) => openPlan(file)));
    print(`${JSON.stringify(consent, undefined, 2)}\n`);
    return Promise.resolve(0);
  },
});
