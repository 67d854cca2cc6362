import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Terraform } from '../../../tools/terraform/terraform';
import { installTools } from '../../support/fake-tools';
import { temporaryFolder } from '../../support/temporary-folder';

const LOCK_FILE = `provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "5.100.0"
  hashes = [
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
    "zh:054b8dd49f0549c9a7cc27d159e45327b7b65cf404da5e5a20da154b90b8a644",
  ]
}
`;
const parent = temporaryFolder();

async function lockFileAfterInit(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = installTools({ terraform: `cat > .terraform.lock.hcl <<'END'\n${LOCK_FILE}END` });
  const binary = { TERRAFORM_BINARY_NAME: join(folder, 'terraform') };
  await new Terraform(folder, { ...process.env, ...binary, ...env }, join(folder, 'log')).init();
  return readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8');
}

describe('The lock file after terraform init', () => {
  test('keeps the checksums of the provider for AWS.', async () => {
    expect(await lockFileAfterInit({ AWS_ENDPOINT_URL: undefined })).toBe(LOCK_FILE);
  });

  test('keeps only the version of the provider for the local AWS.', async () => {
    expect(await lockFileAfterInit({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toBe(
      'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n  constraints = "5.100.0"\n}\n',
    );
  });
});

test('Terraform is stopped when an endpoint does not respond, and its errors are shown.', async () => {
  const warning = JSON.stringify({
    type: 'diagnostic',
    diagnostic: { severity: 'error', summary: 'Retry quota exceeded' },
  });
  const folder = installTools({ terraform: `echo '${warning}'; sleep 100` });
  const env = { ...process.env, TERRAFORM_BINARY_NAME: join(folder, 'terraform') };
  const plan = new Terraform(folder, env, join(folder, 'log'), String, 500).plan('x', () => undefined);
  await expect(plan).rejects.toThrow(
    /^terraform plan was ended because it printed nothing for .*AWS_ENDPOINT_URL.*Retry quota exceeded/s,
  );
});

test('Terraform does not write the provider cache concurrently, and a read-only plan does not lock the state.', async () => {
  const calls = join(parent, 'calls');
  const folder = installTools({
    terraform: `echo "$1 starts" >> ${calls}; sleep 0.2; echo "$@" >> ${calls}`,
  });
  const env = {
    ...process.env,
    TERRAFORM_BINARY_NAME: join(folder, 'terraform'),
    TF_PLUGIN_CACHE_DIR: join(parent, 'cache'),
  };
  const terraform = new Terraform(folder, env, join(folder, 'log'));
  await Promise.all([terraform.init(), terraform.init()]);
  await terraform.plan('x', () => undefined, { lock: false });
  expect(readFileSync(calls, 'utf8')).toMatch(/^(init starts\ninit -.*\n){2}plan starts\nplan .*-lock=false/);
});
