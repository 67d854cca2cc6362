import { ask, questionOf } from '../../../tools/deploy/confirmation';

const LOSS = [{ address: 'aws_s3_bucket.data', what: 'its objects are lost' }];
const nobody = { yes: false, allowDestroy: false, terminal: false };
const somebody = { ...nobody, terminal: true };

describe('A plan that can be undone', () => {
  test('is asked about at a terminal.', () => {
    expect(questionOf([], somebody)).toBe('yes or no');
  });

  test('is applied with --yes, with and without a terminal.', () => {
    expect(questionOf([], { ...nobody, yes: true })).toBe('nothing');
    expect(questionOf([], { ...somebody, yes: true })).toBe('nothing');
  });

  test('is refused without a terminal and without --yes, with what to do.', () => {
    expect(() => questionOf([], nobody)).toThrow(/no terminal.*Nothing was changed.*--yes/);
  });

  test('is not asked about again when --allow-destroy is given without need.', () => {
    expect(questionOf([], { ...nobody, yes: true, allowDestroy: true })).toBe('nothing');
  });
});

describe('A plan that loses data', () => {
  test('is refused with --yes alone, with what is lost and the option that allows it.', () => {
    const call = () => questionOf(LOSS, { ...nobody, yes: true });
    expect(call).toThrow(/aws_s3_bucket\.data: its objects are lost/);
    expect(call).toThrow(/Nothing was changed.*--allow-destroy/);
  });

  test('is refused with --allow-destroy alone.', () => {
    expect(() => questionOf(LOSS, { ...nobody, allowDestroy: true })).toThrow('Nothing was changed');
  });

  test('needs the name of the stage at a terminal, whatever one of the two options says.', () => {
    expect(questionOf(LOSS, somebody)).toBe('the name of the stage');
    expect(questionOf(LOSS, { ...somebody, yes: true })).toBe('the name of the stage');
    expect(questionOf(LOSS, { ...somebody, allowDestroy: true })).toBe('the name of the stage');
  });

  test('is applied with both options.', () => {
    expect(questionOf(LOSS, { ...nobody, yes: true, allowDestroy: true })).toBe('nothing');
  });
});

test('The confirmation asks nothing when there is nothing to confirm.', async () => {
  expect(await ask('nothing', { description: 'stage dev', stage: 'dev' })).toBe(true);
});
