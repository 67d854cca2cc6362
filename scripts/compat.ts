import { print } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';
import { laneSteps } from '../tools/compatibility/lane-run';
import { LANES } from '../tools/compatibility/lanes';
import { runTofuLane, TOFU_SUMMARY } from '../tools/compatibility/tofu-lane';
import { EVERYTHING_ON } from '../tools/testing/test-suites';

const SUMMARIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(LANES).map(([name, { summary }]) => [name, summary])),
  tofu: TOFU_SUMMARY,
};

void runTask({
  name: 'compat',
  summary:
    'Checks that the stacks synthesize the same with other packages: installs them in a temporary copy, checks the types, ' +
    'runs the tests of stacks and constructs, and compares the configurations. `tofu` checks the stacks with OpenTofu.',
  options: {},
  positionals: true,
  optionHelp: Object.fromEntries(Object.entries(SUMMARIES).map(([name, summary]) => [`[${name}]`, summary])),
  run: async ({ positionals }) => {
    const names = positionals.length === 0 ? Object.keys(SUMMARIES) : positionals;
    const unknown = names.find((name) => !Object.hasOwn(SUMMARIES, name));
    if (unknown !== undefined)
      throw new TaskError(
        `The lane ${unknown} does not exist. Use ${Object.keys(SUMMARIES).join(' or ')}, or no name to run all lanes.`,
      );
    for (const name of names) {
      print(`${name}: ${String(SUMMARIES[name])}\n`);
      const lane = LANES[name];
      if (lane === undefined) await runTofuLane(new Progress(), EVERYTHING_ON);
      else await new Progress().steps(laneSteps(lane, EVERYTHING_ON));
    }
    return 0;
  },
});
