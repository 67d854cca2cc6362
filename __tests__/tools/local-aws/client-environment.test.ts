import { execFileSync } from 'node:child_process';
import { clientEnvironment, exportLines } from '../../../tools/local-aws/client-environment';
import { temporaryFolder } from '../../support/temporary-folder';

const HOME = temporaryFolder();
const instance = { endpoint: 'http://127.0.0.1:4599' };
const environment = (env: NodeJS.ProcessEnv = {}) =>
  clientEnvironment(instance, 'eu-west-1', { HOME, ...env });

test('The environment has endpoint, credentials and region of the local AWS.', () => {
  expect(environment()).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
  });
});

test.each(['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3'])(
  'The environment unsets %s, which would override it.',
  (name) => {
    const change = environment({ [name]: 'something' });
    expect(Object.entries(change)).toContainEqual([name, undefined]);
  },
);

test('The environment adds the local AWS to the proxy exclusions.', () => {
  expect(environment({ NO_PROXY: 'intranet' }).NO_PROXY).toBe('intranet,127.0.0.1');
});

test('The shell commands set and unset variables with any values.', () => {
  const lines = exportLines({ PLAIN: 'a', QUOTED: `it's "$HOME"`, UNSET: undefined });
  const script = `UNSET=set; ${lines}\nprintf '%s|%s|%s' "$PLAIN" "$QUOTED" "\${UNSET-none}"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`a|it's "$HOME"|none`);
});
