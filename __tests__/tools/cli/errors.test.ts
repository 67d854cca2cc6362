import { STS } from '@aws-sdk/client-sts';
import { callerIdentity } from '../../../tools/aws/aws-account';
import { describeError, errorMessage, TaskError } from '../../../tools/cli/errors';
import { sectionOf } from '../../../tools/status/section';

/** Errors of services with the names in the SDK. */
const SKEWED: readonly (readonly [name: string, message: string])[] = [
  ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  ['SignatureDoesNotMatch', 'Signature expired: 20260304T100000Z is now earlier than 20260304T101000Z'],
  [
    'InvalidSignatureException',
    'Signature not yet current: 20260304T110000Z is still later than 20260304T101500Z',
  ],
  ['RequestExpired', 'Request has expired.'],
  ['RequestInTheFuture', 'Request in the future.'],
];
const ADVICE = /the clock of this machine shows \d{4}-.*timedatectl/s;

const errorOf = (name: string, message: string): Error => Object.assign(new Error(message), { name });

describe.each(SKEWED)('The error %s for a wrong request time', (name, message) => {
  const error = errorOf(name, message);

  test('has advice in all messages.', async () => {
    const section = await sectionOf(Promise.reject(error));
    for (const text of [
      errorMessage(error),
      describeError(error),
      new TaskError(errorMessage(error)).message,
      JSON.stringify(section),
    ]) {
      expect(text).toMatch(ADVICE);
      expect(text.split('the clock of this machine')).toHaveLength(2);
    }
  });

  test('has advice in the output of Terraform.', () => {
    expect(new TaskError(`terraform plan failed: api error ${name}: ${message}`).message).toMatch(ADVICE);
  });

  test('is not reported as invalid credentials.', async () => {
    const sts = new STS({ region: 'us-east-1' });
    sts.send = () => Promise.reject(error);
    const call = callerIdentity('us-east-1', sts);
    await expect(call).rejects.toThrow(ADVICE);
    await expect(call).rejects.not.toThrow(/credentials have expired|does not accept these credentials/);
  });
});

test('Other signature errors have no advice about the clock.', () => {
  const error = errorOf('SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  expect(errorMessage(error)).toBe(error.message);
});

test('Errors of the file system are reported without a stack.', () => {
  const details = { code: 'EISDIR', syscall: 'open', path: '/tmp' };
  const error = Object.assign(new Error("EISDIR: illegal operation on a directory, open '/tmp'"), details);
  expect(describeError(error)).toBe(
    "EISDIR: illegal operation on a directory, open '/tmp'\n" +
      'Check the path, its permissions, and the free disk space.',
  );
});
