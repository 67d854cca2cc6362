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
    throw new TaskError(`Cannot write the full report to ${file}: ${errorMessage(error)}`);
  }
}

void runTask({
  name: 'plan:review',
  summary: `Reviews plans (terraform show -json PLANFILE > FILE) as one comment for a pull request, written to standard output:
destroyed resources, changes of permissions, workflows, network, schedules and cost.`,
  positionals: true,
  options: { out: { type: 'string' } },
  optionHelp: {
    'PLAN.json …': 'one or more plans',
    '--out FILE': `also write the full report, which can be longer than a comment (${COMMENT_CHARACTERS} characters)`,
  },
  run: async ({ values, positionals }) => {
    if (positionals.length === 0)
      throw new TaskError('No plan specified. Run: npm run --silent plan:review -- plan.json > review.md');
    const review = await reviewPlans(
      positionals.map((file) => openPlan(file)),
      new Date(),
    );
    const comment = renderReview(review, COMMENT_CHARACTERS);
    if (values.out !== undefined) write(values.out, renderReview(review).text);
    if (comment.leftOut > 0 && values.out === undefined)
      printError(
        `${comment.leftOut} details omitted to fit into a comment; --out FILE writes all of them.\n`,
      );
    print(comment.text);
    return 0;
  },
});
