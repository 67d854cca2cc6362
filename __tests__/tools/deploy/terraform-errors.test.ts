import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainTerraformError } from '../../../tools/deploy/terraform-errors';
import { temporaryFolder } from '../../support/fake-tools';

const ROOT = join(__dirname, '../../..');
const folder = temporaryFolder();
const stack = { name: 'covid', folder: '/synth/stacks/covid' };

describe('A message of Terraform', () => {
  test('about a stale plan is explained: nothing was applied, a new plan is needed.', () => {
    const text = explainTerraformError(
      'terraform apply failed:\n    Saved plan is stale\n    The given plan …',
      stack,
    );
    expect(text).toContain('The state of the stack covid has changed since its plan was made');
    expect(text).toContain('Run the command again');
  });

  test('about a locked state is explained, with who holds the lock and how to release it.', () => {
    const message =
      'Error acquiring the state lock\nLock Info:\n  ID:        1-2-3\n  Operation: OperationTypeApply\n  Who:       ann@host\n';
    const text = explainTerraformError(message, stack);
    expect(text).toContain('ann@host');
    expect(text).toContain('terraform -chdir=/synth/stacks/covid force-unlock 1-2-3');
  });

  test('about a missing state bucket is followed by the section that describes how to create it.', () => {
    expect(
      explainTerraformError('api error NoSuchBucket: The specified bucket does not exist', stack),
    ).toContain('docs/runbook.md');
  });

  test('about anything else is left as it is.', () => {
    expect(explainTerraformError('AccessDenied', stack)).toBe('AccessDenied');
  });
});

describe('Ctrl-C while Terraform applies', () => {
  test('lets Terraform end by itself, then shows how to continue.', async () => {
    const terraform = join(folder, 'terraform');
    const [began, ended] = [join(folder, 'began'), join(folder, 'ended')];
    // As Terraform does, it takes its time after an interrupt to write its state.
    const lines = ['#!/bin/sh', `trap 'sleep 0.5; echo state > ${ended}; exit 1' INT`, `echo > ${began}`];
    writeFileSync(terraform, [...lines, 'while :; do sleep 0.05; done', ''].join('\n'));
    chmodSync(terraform, 0o755);
    const script = join(__dirname, '../../support/apply-plan.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
      cwd: ROOT,
      env: { ...process.env, TERRAFORM_BINARY_NAME: terraform },
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    while (!existsSync(began)) await sleep(50);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(readFileSync(ended, 'utf8')).toBe('state\n');
    expect(stderr).toContain('Terraform has finished the calls that were under way');
    expect(stderr).toContain('To continue:          npm run exec -- covid');
    expect(stderr).toContain('npm run cleanup -- --stage dev');
  });
});
