import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';

const SCRIPT = join(__dirname, '../../scripts/github/plan-archive.sh');
const SECRET = 'a value that only the plan has';

let folder: string;

function run(command: string, passphrase?: string) {
  const env = { PATH: process.env.PATH, GNUPGHOME: folder, PLAN_PASSPHRASE: passphrase };
  const { status, stdout, stderr } = spawnSync(SCRIPT, [command], { cwd: folder, encoding: 'utf8', env });
  return { status, output: stdout + stderr };
}

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'plan/stack/.terraform'), { recursive: true });
  writeFileSync(join(folder, 'plan/stack.json'), SECRET);
  writeFileSync(join(folder, 'plan/stack/.terraform.lock.hcl'), 'lock');
  writeFileSync(join(folder, 'plan/stack/.terraform/provider'), 'large');
});

test('A plan is decrypted only with the passphrase, with its lock file and without the provider.', () => {
  expect(run('encrypt', 'right')).toMatchObject({ status: 0 });
  expect(readFileSync(join(folder, 'plan.tar.gz.gpg'), 'latin1')).not.toContain(SECRET);
  expect(existsSync(join(folder, 'plan.tar.gz'))).toBe(false);
  rmSync(join(folder, 'plan'), { recursive: true });
  expect(run('decrypt', 'wrong').status).not.toBe(0);
  expect(existsSync(join(folder, 'plan'))).toBe(false);
  expect(run('decrypt', 'right')).toMatchObject({ status: 0 });
  expect(readFileSync(join(folder, 'plan/stack.json'), 'utf8')).toBe(SECRET);
  expect(readFileSync(join(folder, 'plan/stack/.terraform.lock.hcl'), 'utf8')).toBe('lock');
  expect(existsSync(join(folder, 'plan/stack/.terraform'))).toBe(false);
});

test('A changed archive is not decrypted.', () => {
  run('encrypt', 'right');
  const path = join(folder, 'plan.tar.gz.gpg');
  const bytes = readFileSync(path);
  bytes[bytes.length - 10]! ^= 1;
  writeFileSync(path, bytes);
  rmSync(join(folder, 'plan'), { recursive: true });
  expect(run('decrypt', 'right').status).not.toBe(0);
  expect(existsSync(join(folder, 'plan'))).toBe(false);
});

test.each(['encrypt', 'decrypt'])('The command %s fails without the secret, with its name.', (command) => {
  for (const passphrase of [undefined, '']) {
    const { status, output } = run(command, passphrase);
    expect(status).toBe(1);
    expect(output).toContain('The secret PLAN_PASSPHRASE is not set');
  }
});
