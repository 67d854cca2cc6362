import { localFolder } from '../../config/local-folder';

test.each([
  [undefined, '/work/checkout/.local'],
  ['', '/work/checkout/.local'],
  [' ', '/work/checkout/.local'],
  ['.', '/work/checkout/.local'],
  ['/work/checkout/', '/work/checkout/.local'],
  ['other', '/work/checkout/other'],
  ['/tmp/two', '/tmp/two'],
])('With CLICKLOGGER_LOCAL_DIR=%s the local AWS is in %s, never in the checkout itself.', (given, folder) => {
  expect(localFolder('/work/checkout', { CLICKLOGGER_LOCAL_DIR: given })).toBe(folder);
});
