import { execFileSync } from 'node:child_process';
import { clientEnvironment, exportLines } from '../../../tools/local-aws/client-environment';
import { temporaryFolder } from '../../support/temporary-folder';

const HOME = temporaryFolder();
const instance = { endpoint: 'http://127.0.0.1:4599' };
const environment = (env: NodeJS.ProcessEnv = {}) =>
  clientEnvironment(instance, 'eu-west-1', { HOME, ...env });

test('The environment points clients at the emulator, with its credentials and region.', () => {
  expect(environment()).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
  });
});

test.each(['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3'])(
  'unsets %s, which would win over it.',
  (name) => {
    const change = environment({ [name]: 'something' });
    expect(Object.entries(change)).toContainEqual([name, undefined]);
  },
);

test('The environment excludes the emulator from the proxy, next to what the user has excluded.', () => {
  expect(environment({ NO_PROXY: 'intranet' }).NO_PROXY).toBe('intranet,127.0.0.1');
});

describe('The lines for a shell', () => {
  test('set and unset what was asked, whatever the values hold.', () => {
    const lines = exportLines({ PLAIN: 'a', QUOTED: `it's "$HOME"`, GONE: undefined });
    const script = `GONE=there; ${lines}\nprintf '%s|%s|%s' "$PLAIN" "$QUOTED" "\${GONE-none}"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`a|it's "$HOME"|none`);
  });
});
