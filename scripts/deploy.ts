import { buildSteps } from './lib/build';
import { inCheckout } from './lib/checkout';
import { runCommand } from './lib/command';
import { Progress } from './lib/progress';
import { runTask } from './lib/task';
import { changed, PARALLELISM, terraformEnvironment } from './lib/terraform-environment';

const CDKTF = inCheckout('node_modules/cdktf-cli/bundle/bin/cdktf');

void runTask({
  name: 'deploy',
  summary: `Builds, then runs \`cdktf deploy\` for every stack, or for those named, in the account that the credentials
belong to. It shows the plan and asks before it changes anything.`,
  options: { 'auto-approve': { type: 'boolean' } },
  optionHelp: { '[stack …]': 'stacks to deploy (default: all)', '--auto-approve': 'do not ask' },
  allowPositionals: true,
  run: async ({ values, positionals }) => {
    await new Progress().steps(buildSteps(), 2);
    const stacks = positionals.length === 0 ? ['*'] : positionals;
    const approval = values['auto-approve'] ? ['--auto-approve'] : [];
    const args = [CDKTF, 'deploy', ...stacks, ...approval, `--parallelism=${PARALLELISM}`];
    const env = changed(process.env, terraformEnvironment());
    const { exitCode } = await runCommand(process.execPath, args, { interactive: true, env });
    return exitCode ?? 1;
  },
});
