import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeStacks } from '../../../main';
import providerPackage from '@cdktf/provider-aws/package.json';
import { mirrorConfiguration } from '../../../tools/setup/provider-mirror.cjs';
import { readStacks } from '../../../tools/terraform/synthesis';
import { fromRoot } from '../../../tools/cli/paths';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const lockFile = fromRoot('.terraform.lock.hcl');
const { version } = providerPackage.cdktf.provider;

test('The lock file has the version of the provider that the stacks use.', () => {
  expect(readFileSync(lockFile, 'utf8')).toContain(`version     = "${version}"`);
});

test('Terraform rejects a provider that does not match the lock file.', () => {
  const mirror = join(folder, 'mirror');
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const provider = join(mirror, 'registry.terraform.io/hashicorp/aws', version, platform);
  mkdirSync(provider, { recursive: true });
  writeFileSync(join(provider, `terraform-provider-aws_v${version}_x5`), 'changed');
  chmodSync(join(provider, `terraform-provider-aws_v${version}_x5`), 0o755);
  const stack = temporaryFolder();
  copyFileSync(lockFile, join(stack, '.terraform.lock.hcl'));
  const aws = { source: 'hashicorp/aws', version };
  writeFileSync(join(stack, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { aws } } }));
  const configuration = join(folder, 'terraform.tfrc');
  writeFileSync(configuration, mirrorConfiguration(mirror));
  const { status, stderr } = spawnSync('terraform', ['init', '-no-color', '-input=false'], {
    cwd: stack,
    env: { ...process.env, TF_CLI_CONFIG_FILE: configuration },
    encoding: 'utf8',
  });
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    `doesn't match any of the checksums previously recorded in the dependency lock file`,
  );
  expect(status).toBe(1);
});

test('Every synthesized stack has the lock file.', () => {
  const project = join(folder, 'project');
  const handlers = [
    'ingestion',
    'job-status',
    'reaper',
    'job-run-notifier',
    'cluster-notifier',
    'cluster-failure',
  ];
  for (const artifact of [
    ...handlers.map((name) => `dist/handlers/${name}.zip`),
    'spark-jobs/loggregator/target/loggregator.jar',
    'spark-jobs/covid-report/main.py',
    'dist/spark-jobs/covid-report.py',
    'dist/spark-jobs/covid-report.zip',
    '.terraform.lock.hcl',
  ]) {
    mkdirSync(dirname(join(project, artifact)), { recursive: true });
    writeFileSync(join(project, artifact), artifact);
  }
  process.env.CDKTF_OUTDIR = join(folder, 'out');
  writeStacks(project);
  const stacks = readStacks(process.env.CDKTF_OUTDIR);
  expect(stacks.map(({ name }) => name)).toEqual(['clicklogger', 'covid']);
  for (const stack of stacks)
    expect(readFileSync(join(stack.folder, '.terraform.lock.hcl'), 'utf8')).toBe('.terraform.lock.hcl');
});
