import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSettings } from '../../../config/settings';
import { explainErrors } from '../../../tools/terraform/terraform-errors';
import { temporaryFolder } from '../../support/temporary-folder';

const ROOT = join(__dirname, '../../..');
const folder = temporaryFolder();

describe('A message of Terraform', () => {
  const LOCKED =
    'Error acquiring the state lock\nLock Info:\n  ID:        1-2-3\n  Operation: OperationTypeApply\n  Who:       ann@host\n';
  const IN_BUCKET = { STATE_BUCKET: 'states' };

  test.each([
    [
      'a stale plan',
      'terraform apply failed:\n    Saved plan is stale\n',
      {},
      'The plan was not applied. Run the',
    ],
    [
      'a locked state in a file',
      LOCKED,
      {},
      /is locked \(ann@host, OperationTypeApply\).* Wait until it ends$/,
    ],
    [
      'a locked state in S3',
      LOCKED,
      IN_BUCKET,
      's3 rm s3://states/clicklogger-dev-us-east-1-covid.tfstate.tflock',
    ],
    [
      'a missing state bucket',
      'api error NoSuchBucket: The specified bucket does not exist',
      {},
      'docs/runbook.md',
    ],
    ['another error', 'AccessDenied', {}, /^AccessDenied$/],
  ])('about %s has the next step, if it is known.', (_, message, settings, expected) => {
    expect(explainErrors(parseSettings(settings), 'covid')(message)).toMatch(expected);
  });
});

describe('Ctrl-C while Terraform applies', () => {
  test('waits for the end of Terraform, then shows how to continue.', async () => {
    const terraform = join(folder, 'terraform');
    const [started, ended] = [join(folder, 'started'), join(folder, 'ended')];
    // Terraform writes its state after an interrupt.
    const lines = ['#!/bin/sh', `trap 'sleep 0.5; echo state > ${ended}; exit 1' INT`, `echo > ${started}`];
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
    while (!existsSync(started)) await sleep(50);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(readFileSync(ended, 'utf8')).toBe('state\n');
    expect(stderr).toContain('Terraform has completed the running operations');
    expect(stderr).toContain('To continue:          npm run apply-plan -- ');
    expect(stderr).toContain('npm run cleanup -- --stage dev');
  });
});
