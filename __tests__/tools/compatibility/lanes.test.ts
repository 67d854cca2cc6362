import { readFileSync } from 'node:fs';
import packageJson from '../../../package.json';
import { fromRoot } from '../../../tools/cli/paths';
import { configurationDifferences } from '../../../tools/compatibility/lane-run';
import { changeImports, changePackages, LANES } from '../../../tools/compatibility/lanes';
import { TOFU_VERSION } from '../../../tools/compatibility/tofu-lane';

describe.each(Object.entries(LANES))('The lane %s', (_, lane) => {
  test('changes the packages in package.json and adds new ones as dependencies', () => {
    const changed = changePackages(packageJson, lane);
    const found = { ...changed.dependencies, ...changed.devDependencies };
    const expected = Object.entries(lane.packages).filter(([, version]) => version !== undefined);
    expect(found).toMatchObject(Object.fromEntries(expected));
    for (const [name, version] of Object.entries(lane.packages)) {
      if (version === undefined) expect(found).not.toHaveProperty([name]);
    }
    expect(changed.devDependencies.jest).toBe(packageJson.devDependencies.jest);
    expect(changed.scripts).toEqual(packageJson.scripts);
  });
});

test('compat.yml runs every lane, and the decision has its versions and commands.', () => {
  const read = (file: string): string => readFileSync(fromRoot(file), 'utf8');
  expect(read('.github/workflows/compat.yml')).toContain(
    `lane: [${[...Object.keys(LANES), 'tofu'].join(', ')}]`,
  );
  const decision = read('docs/decisions/0001-cdktf-and-the-way-out.md');
  for (const { packages } of Object.values(LANES))
    for (const [name, version] of Object.entries(packages))
      expect(decision).toContain(version === undefined ? ` ${name}` : `${name}@${version}`);
  expect(decision).toContain(`OpenTofu ${TOFU_VERSION.slice(1)}`);
});

test('Only imports of a package and of its files change.', () => {
  const lane = {
    summary: '',
    packages: {},
    imports: { cdktf: 'cdktn', '@cdktf/provider-aws': '@cdktn/provider-aws' },
  };
  const source = [
    "import { App } from 'cdktf';",
    "import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';",
    "const testing = await import('cdktf/lib/testing');",
    "const tags = { 'managed-by': 'cdktf' };",
    "import x from 'cdktf-cli';",
  ].join('\n');
  expect(changeImports(source, lane).split('\n')).toEqual([
    "import { App } from 'cdktn';",
    "import { S3Bucket } from '@cdktn/provider-aws/lib/s3-bucket';",
    "const testing = await import('cdktn/lib/testing');",
    "const tags = { 'managed-by': 'cdktf' };",
    "import x from 'cdktf-cli';",
  ]);
});

test('Configurations differ in values, resources and list items, but not in versions.', () => {
  const before = {
    '//': { metadata: { version: '0.21.0' } },
    terraform: { required_providers: { aws: { version: '5.100.0' } } },
    resource: { aws_s3_bucket: { A: { bucket: 'a', tags: ['x'] } } },
  };
  const other = { '//': {}, terraform: { required_providers: { aws: { version: '6.25.0' } } } };
  expect(configurationDifferences(before, { ...before, ...other })).toEqual([]);
  const resource = {
    aws_s3_bucket: { A: { bucket: 'b', tags: ['x', 'y'] }, B: {} },
    aws_sqs_queue: { Q: {} },
  };
  expect(configurationDifferences(before, { ...before, ...other, resource })).toEqual([
    '/resource/aws_s3_bucket/A/bucket',
    '/resource/aws_s3_bucket/A/tags/1',
    '/resource/aws_s3_bucket/B',
    '/resource/aws_sqs_queue',
  ]);
});
