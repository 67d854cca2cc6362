import { print } from '../tools/cli/output';
import { buildSteps } from '../tools/build/build';
import { fromRoot, ROOT } from '../tools/cli/paths';
import { Progress } from '../tools/cli/progress';
import { readStacks } from '../tools/terraform/synthesis';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'synth',
  summary: 'Writes the Terraform configuration of all stacks to cdktf.out. Requires no AWS account.',
  options: { output: { type: 'string' } },
  optionHelp: { '--output FOLDER': 'the output folder (default: cdktf.out)' },
  run: async ({ values }) => {
    const outdir = values.output ?? fromRoot('cdktf.out');
    await new Progress().steps(buildSteps(), 2);
    process.env.CDKTF_OUTDIR = outdir;
    // Starting another process would take as long as the synthesis.
    const { writeStacks } = await import('../main.js');
    writeStacks(ROOT);
    for (const { name, folder } of readStacks(outdir)) print(`${name}: ${folder}\n`);
    return 0;
  },
});
