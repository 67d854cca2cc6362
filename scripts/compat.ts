import { print } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';
import { laneSteps } from '../tools/compatibility/lane-run';
import { LANES } from '../tools/compatibility/lanes';
import { EVERYTHING_ON } from '../tools/testing/test-suites';

void runTask({
  name: 'compat',
  summary:
    'Shows that the stacks synthesize the same with other packages: installs them in a temporary copy, checks the types, ' +
    'runs the tests of stacks and constructs, compares the configurations.',
  options: {},
  positionals: true,
  optionHelp: Object.fromEntries(Object.entries(LANES).map(([name, { summary }]) => [`[${name}]`, summary])),
  run: async ({ positionals }) => {
    const names = positionals.length === 0 ? Object.keys(LANES) : positionals;
    for (const name of names) {
      const lane = Object.hasOwn(LANES, name) ? LANES[name] : undefined;
      if (lane === undefined)
        throw new TaskError(
          `There is no lane ${name}: give ${Object.keys(LANES).join(' or ')}, or none for all.`,
        );
      print(`${name}: ${lane.summary}\n`);
      await new Progress().steps(laneSteps(lane, EVERYTHING_ON));
    }
    return 0;
  },
});
