import { readFileSync } from 'node:fs';
import { fromRoot } from '../../../tools/cli/paths';

const { packages } = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')) as {
  packages: Record<string, { license?: string; dev?: boolean }>;
};

const copyleft = Object.entries(packages)
  .filter(([, { license }]) => /GPL|MPL|EPL|CDDL|EUPL|SSPL|BUSL/.test(license ?? ''))
  .map(([path, { license = '', dev }]) => ({ name: path.replace(/.*node_modules\//, ''), license, dev }));

test('docs/licences.md lists each npm package with a copyleft licence, and no other.', () => {
  const documented = [
    ...readFileSync(fromRoot('docs/licences.md'), 'utf8').matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|/gm),
  ];
  const expected = copyleft.map(
    ({ name, license }) => `${name}: ${license.replaceAll(/[()]/g, '').replace(' OR ', ' or ')}`,
  );
  expect(documented.map(([, name, license]) => `${name}: ${license}`).sort()).toEqual(expected.sort());
});

test('No package under a GPL is more than a development dependency.', () => {
  expect(copyleft.filter(({ license, dev }) => license.includes('GPL') && dev !== true)).toEqual([]);
});
