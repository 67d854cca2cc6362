import { readFileSync } from 'node:fs';
import { fromRoot } from '../../../tools/cli/paths';

const { packages } = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')) as {
  packages: Record<string, { license?: string; dev?: boolean }>;
};

const copyleft = Object.entries(packages)
  .filter(([, { license }]) => /GPL|MPL|EPL|CDDL|EUPL|SSPL|BUSL/.test(license ?? ''))
  .map(([path, { license = '', dev }]) => ({ name: path.replace(/.*node_modules\//, ''), license, dev }));

test('docs/licences.md lists exactly the npm packages with a copyleft licence.', () => {
  const documented = [
    ...readFileSync(fromRoot('docs/licences.md'), 'utf8').matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|/gm),
  ];
  const expected = copyleft.map(
    ({ name, license }) => `${name}: ${license.replaceAll(/[()]/g, '').replace(' OR ', ' or ')}`,
  );
  expect(documented.map(([, name, license]) => `${name}: ${license}`).sort()).toEqual(expected.sort());
});

test('Packages under a GPL are development dependencies only.', () => {
  expect(copyleft.filter(({ license, dev }) => license.includes('GPL') && dev !== true)).toEqual([]);
});
