import { buildSteps } from '../tools/build/build';
import { loadSettings, withDotEnv } from '../config/dot-env';
import { fromRoot, ROOT } from '../tools/cli/paths';
import { runCommand } from '../tools/cli/command';
import { deployArguments } from '../tools/deploy/deploy-arguments';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';
import { lockStage } from '../tools/terraform/stage-lock';
import { ownFolder } from '../tools/terraform/synthesis';
import { changed, terraformEnvironment } from '../tools/terraform/terraform-environment';

const CDKTF = fromRoot('node_modules/cdktf-cli/bundle/bin/cdktf');

void runTask({
  name: 'deploy',
  summary: `Builds, and runs \`cdktf deploy\` for all stacks or the named ones in the account of the credentials. cdktf shows
the plan and requests confirmation.`,
  options: {},
  optionHelp: {
    '[stack …]': 'stacks to deploy (default: all)',
    '--auto-approve': 'do not request confirmation',
    '…': 'other options of cdktf deploy',
  },
  anyArguments: true,
  run: async ({ given }) => {
    // .env can contain credentials.
    const environment = withDotEnv(ROOT);
    lockStage(loadSettings(ROOT, environment));
    await new Progress().steps(buildSteps(), 2);
    const env = changed(environment, terraformEnvironment({ env: environment }));
    const args = [CDKTF, ...deployArguments(given, ownFolder())];
    const { exitCode } = await runCommand(process.execPath, args, { interactive: true, env });
    return exitCode ?? 1;
  },
});
