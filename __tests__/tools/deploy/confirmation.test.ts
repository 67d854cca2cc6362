import { ask, questionOf } from '../../../tools/deploy/confirmation';

const LOSS = [{ address: 'aws_s3_bucket.data', what: 'its objects are lost' }];
const consent = (options: string) => ({
  yes: options.includes('--yes'),
  allowDestroy: options.includes('--allow-destroy'),
  terminal: options.includes('terminal'),
});

test.each([
  [[], 'a terminal', 'yes or no'],
  [[], '--yes', 'nothing'],
  [[], '--yes, a terminal', 'nothing'],
  [[], '--yes --allow-destroy', 'nothing'],
  [LOSS, 'a terminal', 'the name of the stage'],
  [LOSS, '--yes, a terminal', 'the name of the stage'],
  [LOSS, '--allow-destroy, a terminal', 'the name of the stage'],
  [LOSS, '--yes --allow-destroy', 'nothing'],
])('A plan with the losses %j and %s requires as confirmation: %s.', (losses, options, expected) => {
  expect(questionOf(losses, consent(options))).toBe(expected);
});

test.each([
  [[], '', /requires a terminal.*Nothing was changed.*--yes/],
  [LOSS, '--yes', /aws_s3_bucket\.data: its objects are lost\nNothing was changed.*--allow-destroy/],
  [LOSS, '--allow-destroy', /Nothing was changed/],
])('A plan with the losses %j is rejected with "%s" and no terminal.', (losses, options, message) => {
  expect(() => questionOf(losses, consent(options))).toThrow(message);
});

test('A plan without a required confirmation is confirmed.', async () => {
  expect(await ask('nothing', { description: 'stage dev', stage: 'dev' })).toBe(true);
});
