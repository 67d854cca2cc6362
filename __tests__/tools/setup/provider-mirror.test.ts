import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProviderMirror, mirrorConfiguration } from '../../../tools/setup/provider-mirror.cjs';
import { temporaryFolder } from '../../support/fake-tools';

const folder = temporaryFolder();

function makeMirror(...path: string[]): string {
  const mirror = join(folder, ...path);
  mkdirSync(join(mirror, 'registry.terraform.io/hashicorp/aws'), { recursive: true });
  return mirror;
}

const search = (env: NodeJS.ProcessEnv, systemFolders: string[] = []) =>
  findProviderMirror({
    env: { HOME: join(folder, 'nobody'), XDG_DATA_DIRS: '', ...env },
    platform: 'linux',
    systemFolders,
  });

test('No mirror is found on a machine without one.', () => {
  expect(search({}, [join(folder, 'missing')])).toBeUndefined();
});

test('A mirror is found one level under a system folder.', () => {
  const mirror = makeMirror('system', 'providers');
  mkdirSync(join(folder, 'system/another'));
  expect(search({}, [join(folder, 'system')])).toBe(mirror);
});

test('A mirror without the AWS provider is not used.', () => {
  mkdirSync(join(folder, 'other/providers/registry.terraform.io/hashicorp/random'), { recursive: true });
  expect(search({}, [join(folder, 'other')])).toBeUndefined();
});

test('The folders that Terraform reads by itself come first.', () => {
  const implied = makeMirror('home/.terraform.d/plugins');
  makeMirror('system2', 'providers');
  expect(search({ HOME: join(folder, 'home') }, [join(folder, 'system2')])).toBe(implied);
});

test('XDG_DATA_DIRS is read as Terraform does.', () => {
  const mirror = makeMirror('share/terraform/plugins');
  expect(search({ XDG_DATA_DIRS: `/nowhere:${join(folder, 'share')}` })).toBe(mirror);
});

test('The folder in CLICKLOGGER_PROVIDER_MIRROR comes before all others.', () => {
  const named = makeMirror('named');
  makeMirror('system3', 'providers');
  expect(search({ CLICKLOGGER_PROVIDER_MIRROR: named }, [join(folder, 'system3')])).toBe(named);
});

test('A CLICKLOGGER_PROVIDER_MIRROR without the provider is refused with the names of both.', () => {
  expect(() => search({ CLICKLOGGER_PROVIDER_MIRROR: join(folder, 'wrong') })).toThrow(
    /CLICKLOGGER_PROVIDER_MIRROR is ".*wrong".*registry\.terraform\.io/,
  );
});

test('The configuration uses the mirror for what it holds, and the registry for the rest.', () => {
  const text = mirrorConfiguration(makeMirror('configured'));
  expect(text).toContain(`path    = "${join(folder, 'configured')}"`);
  expect(text.match(/"registry\.terraform\.io\/hashicorp\/aws"/g)).toHaveLength(2);
  expect(text).toMatch(/direct \{\n\s+exclude = \["registry\.terraform\.io\/hashicorp\/aws"\]/);
});
