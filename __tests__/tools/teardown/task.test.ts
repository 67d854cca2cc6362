import { runTask } from '../../support/local-run';
import { temporaryFolder } from '../../support/temporary-folder';

const home = temporaryFolder();

/** An environment without credentials. */
const WITHOUT_CREDENTIALS: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: home,
  CLICKLOGGER_LOCAL_DIR: home,
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('npm run cleanup', () => {
  test.each([
    ['AWS_ENDPOINT_URL', 'http://127.0.0.2:4566'],
    ['AWS_ENDPOINT_URL_S3', 's3.localhost.:4566'],
  ])('rejects the local endpoint %s=%s.', async (name, url) => {
    const { exitCode, stderr } = await runTask('cleanup', ['--yes'], { ...WITHOUT_CREDENTIALS, [name]: url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${name}=${url} is an endpoint on this machine, not in AWS.`);
  });
});
