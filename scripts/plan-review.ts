import { writeFileSync } from 'node:fs';
import { print, printError } from '../tools/cli/output';
import { errorMessage, TaskError } from '../tools/cli/errors';
import { COMMENT_CHARACTERS } from '../tools/plan-review/budget';
import { openPlan } from '../tools/terraform/plan/plan-file';
import { renderReview, reviewPlans } from '../tools/plan-review/review';
import { runTask } from '../tools/cli/task';

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new TaskError(`The full report cannot be written to ${file}: ${errorMessage(error)}`);
  }
}

void runTask({
  name: 'plan:review',
  summary: `Turns plans (terraform show -json PLANFILE > FILE) into one comment for a pull request, written to standard output:
what is destroyed, what IAM allows more or less, what changes in workflows, network, schedules and cost.`,
  positionals: true,
  options: { out: { type: 'string' } },
  optionHelp: {
    'PLAN.json …': 'one or more plans',
    '--out FILE': `also write the full report, which may be longer than a comment (${COMMENT_CHARACTERS} characters)`,
  },
  run: async ({ values, positionals }) => {
    if (positionals.length === 0)
      throw new TaskError('No plan given. Try: npm run --silent plan:review -- plan.json > review.md');
    const review = await reviewPlans(
      positionals.map((file) => openPlan(file)),
      new Date(),
    );
    const comment = renderReview(review, COMMENT_CHARACTERS);
    if (values.out !== undefined) write(values.out, renderReview(review).text);
    if (comment.leftOut > 0 && values.out === undefined)
      printError(`${comment.leftOut} details left out to fit into a comment; --out FILE writes them all.\n`);
    print(comment.text);
    return 0;
  },
});
