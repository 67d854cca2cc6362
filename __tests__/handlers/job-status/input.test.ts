import { parseInput } from '../../../handlers/job-status/input';
import { thrownBy } from '../thrown-by';

const ids = { applicationId: '00fm3oi5k1g7ah09', jobRunId: '00fm3oj0a2b3c409' };

describe('input of the job status', () => {
  test('is two ids, and a log URI if any', () => {
    expect(parseInput(ids)).toEqual({ ...ids, logUri: undefined });
    expect(parseInput({ ...ids, logUri: null })).toEqual({ ...ids, logUri: undefined });
    expect(parseInput({ ...ids, logUri: 's3://logs/a/', other: 1 })).toEqual({
      ...ids,
      logUri: 's3://logs/a/',
    });
  });

  test.each([
    [null, 'The event is null'],
    ['x', 'The event is "x"'],
    [[], 'The event is []'],
    [undefined, 'The event is missing'],
    [{}, 'applicationId is missing'],
    [{ ...ids, jobRunId: '' }, 'jobRunId is ""'],
    [{ ...ids, jobRunId: 7 }, 'jobRunId is 7'],
    [{ ...ids, applicationId: 'a/../b' }, 'applicationId is "a/../b"'],
    [{ ...ids, logUri: 'https://logs' }, 'logUri is "https://logs"'],
    [{ ...ids, logUri: 7 }, 'logUri is 7'],
  ])('%j is refused', (event, message) => {
    const error = thrownBy(() => parseInput(event));
    expect(error.name).toBe('InvalidInputError');
    expect(error.message).toContain(message);
  });

  test('is refused with all that is wrong', () => {
    expect(() => parseInput({ logUri: 'x' })).toThrow(
      /applicationId is missing.*jobRunId is missing.*logUri is "x"/,
    );
  });
});
