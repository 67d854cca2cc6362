import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changed, terraformEnvironment } from '../../../tools/terraform/terraform-environment';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

function environment(env: NodeJS.ProcessEnv, mirror?: string) {
  return terraformEnvironment({ env: { HOME: folder, ...env }, folder, findMirror: () => mirror });
}

test('The environment has the mirror for Terraform, and prevents requests of cdktf to the registry.', () => {
  const change = environment({}, '/somewhere/providers');
  expect(change.TF_CLI_CONFIG_FILE).toBe(join(folder, 'terraform.tfrc'));
  expect(readFileSync(join(folder, 'terraform.tfrc'), 'utf8')).toContain('path    = "/somewhere/providers"');
  expect(change.CDKTF_SKIP_PROVIDER_LOCK).toBe('true');
});

describe('The environment without a mirror', () => {
  test('keeps the CLI configuration of the user.', () => {
    const file = join(folder, 'own.tfrc');
    writeFileSync(file, '');
    expect(environment({ TF_CLI_CONFIG_FILE: file })).not.toHaveProperty('TF_CLI_CONFIG_FILE');
  });

  test('removes a CLI configuration that does not exist.', () => {
    const change = environment({ TF_CLI_CONFIG_FILE: join(folder, 'missing.tfrc') });
    expect(changed({ TF_CLI_CONFIG_FILE: 'x', A: 'b' }, change)).not.toHaveProperty('TF_CLI_CONFIG_FILE');
    expect(changed({ TF_CLI_CONFIG_FILE: 'x', A: 'b' }, change)).toMatchObject({ A: 'b' });
  });

  test('has the provider cache of cdktf.', () => {
    expect(environment({}).TF_PLUGIN_CACHE_DIR).toBe(join(folder, '.terraform.d/plugin-cache'));
  });

  test('keeps the provider cache of the user.', () => {
    expect(environment({ TF_PLUGIN_CACHE_DIR: '/cache' })).not.toHaveProperty('TF_PLUGIN_CACHE_DIR');
  });
});
