import { localFolder } from '../../config/local-folder';

test.each([
  [undefined, '/home/me/checkout/.local'],
  ['', '/home/me/checkout/.local'],
  [' ', '/home/me/checkout/.local'],
  ['.', '/home/me/checkout/.local'],
  ['/home/me/checkout/', '/home/me/checkout/.local'],
  ['other', '/home/me/checkout/other'],
  ['/tmp/two', '/tmp/two'],
])('With CLICKLOGGER_LOCAL_DIR=%s the local AWS is in %s, never in the checkout itself.', (given, folder) => {
  expect(localFolder('/home/me/checkout', { CLICKLOGGER_LOCAL_DIR: given })).toBe(folder);
});
