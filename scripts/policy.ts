import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { print } from '../tools/cli/output';
import { buildSteps } from '../tools/build/build';
import { LOCAL } from '../tools/cli/paths';
import { requiredConsent } from '../tools/data-loss/consent';
import { openPlan } from '../tools/terraform/plan/plan-file';
import { runCheckov } from '../tools/policy/checkov';
import { changesOf, readConfiguration, type Configuration } from '../tools/policy/configuration';
import { EXCEPTIONS } from '../tools/policy/exceptions';
import { checkPolicy, renderResult } from '../tools/policy/gate';
import { Progress } from '../tools/cli/progress';
import { synthesize, type SynthesizedStack } from '../tools/terraform/synthesis';
import { runTask } from '../tools/cli/task';

function readStack({ name, folder }: SynthesizedStack): Configuration {
  return readConfiguration(readFileSync(join(folder, 'cdk.tf.json'), 'utf8'), name);
}

void runTask({
  name: 'policy',
  summary: `Checks both stacks by the project's rules: permissions, encryption, public access, logs, network, names, tags.
Exit code 1 when a rule is broken, a plan loses data, or an exception is unused.`,
  options: {
    plan: { type: 'string', multiple: true },
    'allow-destroy': { type: 'boolean' },
    checkov: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  optionHelp: {
    '--plan FILE': 'also check the changes of this plan (JSON of npm run plan); can be repeated',
    '--allow-destroy': 'data loss is not a finding: consent is checked separately, as in plan.yml',
    '--checkov': 'also run checkov, which is installed on first use (290 MB)',
    '--json': 'print the result as JSON; progress goes to standard error',
  },
  run: async ({ values }) => {
    const files = values.plan ?? [];
    const plans = files.map((file) => openPlan(file, { inClear: true }));
    const consent = requiredConsent(values['allow-destroy'] ? [] : files.map((file) => openPlan(file)));
    const progress = new Progress({ onStderr: values.json ?? false });
    await progress.steps(buildSteps(), 2);
    const stacks = await progress.step('Synthesize the stacks', () =>
      synthesize(join(LOCAL, 'policy.out'), process.env),
    );
    const expected = EXCEPTIONS.filter(({ onlyWith }) => onlyWith === undefined);
    const sources = stacks.map(readStack);
    const changes = plans.map((plan) => changesOf(plan, sources));
    const result = checkPolicy([...sources, ...changes], EXCEPTIONS);
    const unused = result.unused.filter((exception) => expected.includes(exception));
    const checkov = values.checkov
      ? await progress.step('Run checkov', (output) => runCheckov(stacks, output))
      : [];
    const document = { ...result, unused, checkov, losses: consent.losses };
    print(
      values.json
        ? `${JSON.stringify(document, undefined, 2)}\n`
        : `\n${[renderResult(document), ...consent.losses.map((loss) => `✖ data loss: ${loss}`), ...checkov.map((problem) => `✖ checkov: ${problem}`)].join('\n')}\n`,
    );
    return result.findings.length + consent.losses.length + unused.length + checkov.length === 0 ? 0 : 1;
  },
});
