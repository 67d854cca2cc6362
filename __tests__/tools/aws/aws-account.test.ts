import { join } from 'node:path';
import { STS } from '@aws-sdk/client-sts';
import { callerIdentity, requireAccount } from '../../../tools/aws/aws-account';
import { runTask } from '../../support/local-run';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

/** An STS client with this response or error. */
function stsWith(answer: object): STS {
  const sts = new STS({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  sts.send = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  return sts;
}

const errorNamed = (name: string): Error => Object.assign(new Error('message of AWS'), { name });

describe('The credentials of a task', () => {
  test('belong to the account that STS returns.', async () => {
    const sts = stsWith({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ann' });
    expect(await callerIdentity('us-east-1', sts)).toMatchObject({ account: '123456789012' });
  });

  test.each([
    ['CredentialsProviderError', 'No valid AWS credentials were found. Set AWS_PROFILE'],
    ['ExpiredToken', 'have expired. Renew them'],
    ['InvalidClientTokenId', 'AWS does not accept these credentials'],
    ['NetworkingError', 'The request for the account ID failed'],
  ])('cause an error with a remedy for %s.', async (name, text) => {
    const call = callerIdentity('us-east-1', stsWith(errorNamed(name)));
    await expect(call).rejects.toThrow(text);
    await expect(call).rejects.toThrow('add --local');
  });

  test('of another than the expected account are rejected.', () => {
    expect(() => {
      requireAccount('111111111111', '222222222222', 'AWS_ACCOUNT_ID');
    }).toThrow(/account 111111111111, but AWS_ACCOUNT_ID is 222222222222\. Nothing was changed/);
  });

  test.each([undefined, '', '111111111111'])('are accepted when the expected account is %j.', (expected) => {
    expect(() => {
      requireAccount('111111111111', expected, 'AWS_ACCOUNT_ID');
    }).not.toThrow();
  });

  test('are checked by exec before it builds.', async () => {
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
    expect(stderr).toContain('exec: No valid AWS credentials were found');
    expect(stderr).toContain('add --local');
    expect(stdout).not.toContain('Build');
  });
});
