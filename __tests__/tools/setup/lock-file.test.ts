import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchesLockFile } from '../../../tools/setup/lock-file.cjs';
import { temporaryFolder } from '../../scripts/fake-tools';

const folder = temporaryFolder();
const LOCKED = {
  '': { name: 'project' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/b-win32': { version: '2.0.0', optional: true },
};

function matches(installed: object): boolean {
  const [lock, record] = [join(folder, 'lock.json'), join(folder, 'installed.json')];
  writeFileSync(lock, JSON.stringify({ packages: LOCKED }));
  writeFileSync(record, JSON.stringify({ packages: installed }));
  return matchesLockFile(lock, record);
}

it('accepts node_modules without another platform’s optional package', () => {
  expect(matches({ 'node_modules/a': { version: '1.0.0' } })).toBe(true);
});

it.each([
  ['a missing package', {}],
  ['another version', { 'node_modules/a': { version: '1.0.1' } }],
  [
    'a package that the lock file does not have',
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/z': { version: '1.0.0' } },
  ],
  [
    'another version of an optional package',
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-win32': { version: '1.0.0' } },
  ],
])('refuses %s', (_, installed) => {
  expect(matches(installed)).toBe(false);
});
