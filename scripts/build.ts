import { buildSteps } from '../tools/build/build';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'build',
  summary: 'Bundles the Lambda handlers and packages the Spark job; what is unchanged is left as it is.',
  options: { force: { type: 'boolean' } },
  optionHelp: { '--force': 'build even what is unchanged' },
  run: async ({ values }) => {
    await new Progress().steps(buildSteps({ force: values.force ?? false }), 2);
    return 0;
  },
});
