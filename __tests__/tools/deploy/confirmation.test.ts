import { ask, questionOf } from '../../../tools/deploy/confirmation';

const LOSS = [{ address: 'aws_s3_bucket.data', what: 'its objects are lost' }];
const nobody = { yes: false, allowDestroy: false, terminal: false };
const somebody = { ...nobody, terminal: true };

describe('a plan that can be taken back', () => {
  it('is asked about at a terminal', () => {
    expect(questionOf([], somebody)).toBe('yes or no');
  });

  it('goes ahead with --yes, terminal or not', () => {
    expect(questionOf([], { ...nobody, yes: true })).toBe('nothing');
    expect(questionOf([], { ...somebody, yes: true })).toBe('nothing');
  });

  it('is refused without a terminal and without --yes, saying what to do', () => {
    expect(() => questionOf([], nobody)).toThrow(/no terminal.*Nothing was changed.*--yes/);
  });

  it('is not asked about again when --allow-destroy is given without need', () => {
    expect(questionOf([], { ...nobody, yes: true, allowDestroy: true })).toBe('nothing');
  });
});

describe('a plan that loses data', () => {
  it('is not let through by --yes alone: naming what is lost and the option that allows it', () => {
    const call = () => questionOf(LOSS, { ...nobody, yes: true });
    expect(call).toThrow(/aws_s3_bucket\.data: its objects are lost/);
    expect(call).toThrow(/Nothing was changed.*--allow-destroy/);
  });

  it('is not let through by --allow-destroy alone', () => {
    expect(() => questionOf(LOSS, { ...nobody, allowDestroy: true })).toThrow('Nothing was changed');
  });

  it('needs the name of the stage at a terminal, whatever one of the two options says', () => {
    expect(questionOf(LOSS, somebody)).toBe('the name of the stage');
    expect(questionOf(LOSS, { ...somebody, yes: true })).toBe('the name of the stage');
    expect(questionOf(LOSS, { ...somebody, allowDestroy: true })).toBe('the name of the stage');
  });

  it('goes ahead with both options', () => {
    expect(questionOf(LOSS, { ...nobody, yes: true, allowDestroy: true })).toBe('nothing');
  });
});

it('asks nothing when there is nothing to ask', async () => {
  expect(await ask('nothing', { description: 'stage dev', stage: 'dev' })).toBe(true);
});
