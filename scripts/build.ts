import { buildSteps } from '../tools/build/build';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'build',
  summary: 'Bundles the Lambda handlers and packages the Spark jobs, except unchanged ones.',
  options: {},
  optionHelp: {},
  run: async () => {
    await new Progress().steps(buildSteps(), 2);
    return 0;
  },
});
