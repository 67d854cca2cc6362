import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProviderMirror, mirrorConfiguration } from '../../../tools/setup/provider-mirror.cjs';
import { temporaryFolder } from '../../support/temporary-folder';

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

test('The implied mirror directories of Terraform have priority.', () => {
  const implied = makeMirror('home/.terraform.d/plugins');
  makeMirror('system2', 'providers');
  expect(search({ HOME: join(folder, 'home') }, [join(folder, 'system2')])).toBe(implied);
});

test('Mirrors in XDG_DATA_DIRS are found.', () => {
  const mirror = makeMirror('share/terraform/plugins');
  expect(search({ XDG_DATA_DIRS: `/nowhere:${join(folder, 'share')}` })).toBe(mirror);
});

test('CLICKLOGGER_PROVIDER_MIRROR has priority over all other folders.', () => {
  const named = makeMirror('named');
  makeMirror('system3', 'providers');
  expect(search({ CLICKLOGGER_PROVIDER_MIRROR: named }, [join(folder, 'system3')])).toBe(named);
});

test('A CLICKLOGGER_PROVIDER_MIRROR without the provider is rejected.', () => {
  expect(() => search({ CLICKLOGGER_PROVIDER_MIRROR: join(folder, 'wrong') })).toThrow(
    /CLICKLOGGER_PROVIDER_MIRROR is ".*wrong".*registry\.terraform\.io/,
  );
});

describe('A mirror that other users can change is rejected', () => {
  const PROVIDER = 'registry.terraform.io/hashicorp/aws';

  /** The error of the search for a mirror with a provider after `change`. */
  function problemAfter(name: string, change: (mirror: string) => void): string {
    const mirror = makeMirror(name, 'providers');
    mkdirSync(join(mirror, PROVIDER, '5.100.0/linux_amd64'), { recursive: true });
    writeFileSync(join(mirror, PROVIDER, '5.100.0/linux_amd64/provider'), '');
    change(mirror);
    try {
      search({}, [join(folder, name)]);
    } catch (error) {
      return String(error);
    }
    return 'used';
  }

  const place = (...path: string[]) => join(folder, ...path);

  test.each([
    ['parent', '..', 0o777],
    ['folder', '.', 0o775],
    ['sticky', `${PROVIDER}/5.100.0`, 0o1777],
    ['version', `${PROVIDER}/5.100.0`, 0o757],
    ['program', `${PROVIDER}/5.100.0/linux_amd64/provider`, 0o722],
  ])('because of the mode of its %s.', (name, path, mode) => {
    const problem = problemAfter(name, (mirror) => {
      chmodSync(join(mirror, path), mode);
    });
    expect(problem).toContain(
      `${place(name, 'providers', path)} is writable by other users (mode ${mode.toString(8)})`,
    );
    expect(problem).toContain(`remove ${place(name, 'providers')}, or set CLICKLOGGER_PROVIDER_MIRROR`);
  });

  test('because of the mode of the target of a link.', () => {
    mkdirSync(place('open'));
    chmodSync(place('open'), 0o777);
    mkdirSync(place('linked'));
    const problem = problemAfter('open/elsewhere', (mirror) => {
      symlinkSync(mirror, place('linked/providers'));
    });
    expect(problem).toContain('is writable');
    expect(() => search({}, [place('linked')])).toThrow(
      `${place('open')} is writable by other users (mode 777)`,
    );
  });

  test('because of its owner.', () => {
    const mirror = makeMirror('owned');
    const own = { env: { CLICKLOGGER_PROVIDER_MIRROR: mirror }, user: 4_242 };
    const owner = process.getuid!();
    // Folders of root are trusted: as root, the test changes the owner first.
    if (owner === 0) chownSync(mirror, 1_234, 0);
    expect(() => findProviderMirror(own)).toThrow(`belongs to user ID ${owner === 0 ? 1_234 : owner}`);
  });

  test('but not in a sticky folder such as /tmp.', () => {
    expect(
      problemAfter('shared', () => {
        chmodSync(place('shared'), 0o1777);
      }),
    ).toBe('used');
  });
});

test('The configuration uses the mirror for its providers, and the registry for others.', () => {
  const text = mirrorConfiguration(makeMirror('configured'));
  expect(text).toContain(`path    = "${join(folder, 'configured')}"`);
  expect(text.match(/"registry\.terraform\.io\/hashicorp\/aws"/g)).toHaveLength(2);
  expect(text).toMatch(/direct \{\n\s+exclude = \["registry\.terraform\.io\/hashicorp\/aws"\]/);
});
