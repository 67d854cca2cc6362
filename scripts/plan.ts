import { resolve } from 'node:path';
import { loadSettings, withDotEnv } from '../config/dot-env';
import type { Settings } from '../config/settings';
import { print, printError } from '../tools/cli/output';
import { buildSteps } from '../tools/build/build';
import { LOCAL, ROOT } from '../tools/cli/paths';
import { TaskError } from '../tools/cli/errors';
import { deployBase } from '../tools/plan/base-deployment';
import { describeCheckout, resolveRef } from '../tools/plan/git';
import { planInto } from '../tools/plan/plan-stacks';
import { type PlanSummary, renderSummary } from '../tools/plan/summary';
import { Progress } from '../tools/cli/progress';
import { withLock, writeWhole } from '../tools/setup/stamps.cjs';
import { openTarget } from '../tools/aws/target';
import { runTask } from '../tools/cli/task';
import { changed } from '../tools/terraform/terraform-environment';

/** The start of the plan: the account, the local AWS, or the applied base. */
interface Start {
  readonly description: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
  readonly base: PlanSummary['base'];
  readonly baseStacks: readonly string[];
}

async function startFromRef(ref: string, stage: string | undefined, progress: Progress): Promise<Start> {
  const revision = await resolveRef(ref);
  const env = changed(withDotEnv(ROOT), stage === undefined ? {} : { STAGE: stage });
  const settings = loadSettings(ROOT, env);
  const base = await deployBase(revision, settings.region, env, progress);
  const description = `stage ${settings.stage} in a private local AWS, ${settings.region}`;
  return { description, env: base.env, settings, base: revision, baseStacks: base.stacks };
}

async function startFromTarget(
  stage: string | undefined,
  local: boolean,
  progress: Progress,
): Promise<Start> {
  const target = await progress.step(local ? 'Start the local AWS' : 'Get the account', () =>
    openTarget({ stage, local }),
  );
  const { description, terraformEnv: env, settings } = target;
  return { description, env, settings, base: null, baseStacks: [] };
}

void runTask({
  name: 'plan',
  summary: `Plans every stack with Terraform, without changes. With --against-ref it needs no AWS account: the stacks of that commit
are applied to a private local AWS, and the working tree is planned against it.`,
  options: {
    stage: { type: 'string' },
    out: { type: 'string' },
    'against-ref': { type: 'string' },
    local: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  optionHelp: {
    '--against-ref REF': 'compare with this commit or branch, for example origin/main',
    '--local': 'compare with the local AWS of this checkout',
    '--stage STAGE': 'the stage to plan (default: the setting STAGE)',
    '--out FOLDER': 'folder of STACK.tfplan, STACK.json and summary.json (default: .local/plan)',
    '--json': 'print the summary as JSON; progress goes to standard error',
  },
  run: async ({ values }) => {
    const { 'against-ref': ref, stage, local = false } = values;
    if (ref !== undefined && local)
      throw new TaskError(
        '--against-ref and --local cannot be used together: --against-ref starts a private local AWS.',
      );
    const out = resolve(values.out ?? `${LOCAL}/plan`);
    const progress = new Progress({ onStderr: values.json ?? false });
    const head = await describeCheckout();
    // Fails before the build.
    if (ref !== undefined) await resolveRef(ref);
    await progress.steps(buildSteps(), 2);
    const start =
      ref === undefined
        ? await startFromTarget(stage, local, progress)
        : await startFromRef(ref, stage, progress);
    const write = async (): Promise<string> => {
      const stacks = await planInto(out, { ...start, refresh: start.base === null }, progress);
      const summary: PlanSummary = {
        target: start.description,
        base: start.base,
        head: head ?? null,
        stacks,
        dropped: start.baseStacks.filter((name) => stacks.every((stack) => stack.name !== name)),
      };
      const json = `${JSON.stringify(summary, undefined, 2)}\n`;
      writeWhole(`${out}/summary.json`, json);
      return values.json ? json : `\n${renderSummary(summary)}\n\nWritten to ${out}\n`;
    };
    const text = await withLock(`${out}/.lock`, write, (pid) => {
      printError(`Waiting for process ${pid}, which plans into ${out}\n`);
    });
    print(text);
    return 0;
  },
});
