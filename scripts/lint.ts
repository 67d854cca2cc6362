import { printError } from '../tools/cli/output';
import { LINT_CHECKS, runCheck } from '../tools/testing/checks';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'lint',
  summary: 'Checks style and Python types with ESLint, Prettier, ruff, mypy, vermin and zizmor.',
  options: { fix: { type: 'boolean' } },
  optionHelp: { '--fix': 'first fix what the tools can fix' },
  run: async ({ values }) => {
    const findings: string[] = [];
    const steps = LINT_CHECKS.map((check) => ({
      title: check.name,
      run: async ({ setTitle }: { setTitle: (title: string) => void }) => {
        const { exitCode, stdout, stderr } = await runCheck(check, { fix: values.fix ?? false });
        if (exitCode === 0) return;
        setTitle(`${check.name}: findings`);
        findings.push(`── ${check.name}\n${stdout}${stderr}`.trimEnd());
      },
    }));
    await new Progress().steps(steps, 2);
    if (findings.length > 0) printError(`\n${findings.join('\n\n')}\n`);
    return findings.length === 0 ? 0 : 1;
  },
});
