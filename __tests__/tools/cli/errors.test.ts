import { STS } from '@aws-sdk/client-sts';
import { callerIdentity } from '../../../tools/aws/aws-account';
import { describeError, errorMessage, TaskError } from '../../../tools/cli/errors';
import { sectionOf } from '../../../tools/status/section';

/** As services answer, with the names of the SDK's errors. */
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

describe.each(SKEWED)('The answer %s about a wrong time', (name, message) => {
  const error = errorOf(name, message);

  test('has its advice wherever the message of an error is shown.', async () => {
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

  test('has its advice when Terraform or another program has printed it.', () => {
    expect(new TaskError(`terraform plan failed: api error ${name}: ${message}`).message).toMatch(ADVICE);
  });

  test('is not taken for wrong credentials.', async () => {
    const sts = new STS({ region: 'us-east-1' });
    sts.send = () => Promise.reject(error);
    const call = callerIdentity('us-east-1', sts);
    await expect(call).rejects.toThrow(ADVICE);
    await expect(call).rejects.not.toThrow(/credentials have expired|does not accept these credentials/);
  });
});

test('A signature that is wrong for another reason has no advice about the clock.', () => {
  const error = errorOf('SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  expect(errorMessage(error)).toBe(error.message);
});

test('What the file system refuses is reported without a stack.', () => {
  const details = { code: 'EISDIR', syscall: 'open', path: '/tmp' };
  const error = Object.assign(new Error("EISDIR: illegal operation on a directory, open '/tmp'"), details);
  expect(describeError(error)).toBe(
    "EISDIR: illegal operation on a directory, open '/tmp'\n" +
      'Check this path, who may write there, and the free space of its disk.',
  );
});
