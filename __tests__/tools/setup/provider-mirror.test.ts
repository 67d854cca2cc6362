import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProviderMirror, mirrorConfiguration } from '../../../tools/setup/provider-mirror.cjs';
import { temporaryFolder } from '../../scripts/fake-tools';

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

it('finds none on a machine without one', () => {
  expect(search({}, [join(folder, 'missing')])).toBeUndefined();
});

it('finds a folder one level under a system folder', () => {
  const mirror = makeMirror('system', 'providers');
  mkdirSync(join(folder, 'system/another'));
  expect(search({}, [join(folder, 'system')])).toBe(mirror);
});

it('passes over a mirror that lacks the AWS provider', () => {
  mkdirSync(join(folder, 'other/providers/registry.terraform.io/hashicorp/random'), { recursive: true });
  expect(search({}, [join(folder, 'other')])).toBeUndefined();
});

it('prefers the folders that Terraform reads by itself', () => {
  const implied = makeMirror('home/.terraform.d/plugins');
  makeMirror('system2', 'providers');
  expect(search({ HOME: join(folder, 'home') }, [join(folder, 'system2')])).toBe(implied);
});

it('reads XDG_DATA_DIRS as Terraform does', () => {
  const mirror = makeMirror('share/terraform/plugins');
  expect(search({ XDG_DATA_DIRS: `/nowhere:${join(folder, 'share')}` })).toBe(mirror);
});

it('takes the folder that CLICKLOGGER_PROVIDER_MIRROR names before all others', () => {
  const named = makeMirror('named');
  makeMirror('system3', 'providers');
  expect(search({ CLICKLOGGER_PROVIDER_MIRROR: named }, [join(folder, 'system3')])).toBe(named);
});

it('refuses a CLICKLOGGER_PROVIDER_MIRROR without the provider, naming both', () => {
  expect(() => search({ CLICKLOGGER_PROVIDER_MIRROR: join(folder, 'wrong') })).toThrow(
    /CLICKLOGGER_PROVIDER_MIRROR is ".*wrong".*registry\.terraform\.io/,
  );
});

it('configures the mirror for what it holds, and the registry for the rest', () => {
  const text = mirrorConfiguration(makeMirror('configured'));
  expect(text).toContain(`path    = "${join(folder, 'configured')}"`);
  expect(text.match(/"registry\.terraform\.io\/hashicorp\/aws"/g)).toHaveLength(2);
  expect(text).toMatch(/direct \{\n\s+exclude = \["registry\.terraform\.io\/hashicorp\/aws"\]/);
});
