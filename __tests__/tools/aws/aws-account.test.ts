import { join } from 'node:path';
import { STS } from '@aws-sdk/client-sts';
import { callerIdentity, requireAccount } from '../../../tools/aws/aws-account';
import { runTask } from '../../support/local-run';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

/** An STS that answers, or refuses. */
function stsWith(answer: object): STS {
  const sts = new STS({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  sts.send = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  return sts;
}

const refusal = (name: string): Error => Object.assign(new Error('as AWS says it'), { name });

describe('The credentials of a task', () => {
  test('belong to the account that STS names.', async () => {
    const sts = stsWith({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ann' });
    expect(await callerIdentity('us-east-1', sts)).toMatchObject({ account: '123456789012' });
  });

  test.each([
    ['CredentialsProviderError', 'There are no AWS credentials that can be used. Set AWS_PROFILE'],
    ['ExpiredToken', 'have expired. Get new ones'],
    ['InvalidClientTokenId', 'AWS does not accept these credentials'],
    ['NetworkingError', 'AWS could not be asked for the account'],
  ])('that AWS answers with %s end the task with what to do.', async (name, text) => {
    const call = callerIdentity('us-east-1', stsWith(refusal(name)));
    await expect(call).rejects.toThrow(text);
    await expect(call).rejects.toThrow('add --local');
  });

  test('of another account than the expected one are refused before anything is changed.', () => {
    expect(() => {
      requireAccount('111111111111', '222222222222', 'AWS_ACCOUNT_ID');
    }).toThrow(/account 111111111111, but AWS_ACCOUNT_ID says 222222222222\. Nothing was changed/);
  });

  test.each([undefined, '', '111111111111'])('are accepted when the expected account is %j.', (expected) => {
    expect(() => {
      requireAccount('111111111111', expected, 'AWS_ACCOUNT_ID');
    }).not.toThrow();
  });

  test('are checked before anything is built: exec without any ends at once, with what to do.', async () => {
    const names = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
    const env = {
      ...process.env,
      ...Object.fromEntries(names.map((name) => [name, undefined])),
      HOME: folder,
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const { exitCode, stdout, stderr } = await runTask('exec', ['--yes'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('exec: There are no AWS credentials that can be used');
    expect(stderr).toContain('add --local');
    expect(stdout).not.toContain('Build');
  });
});
