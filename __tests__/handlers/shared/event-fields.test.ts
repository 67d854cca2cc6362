import { type FieldRule, readFields } from '../../../handlers/shared/event-fields';

const ID: FieldRule = [/^[\w.-]{1,64}$/, 'an id such as a1'];
const rules = { applicationId: ID, jobRunId: ID, cause: [/^/, 'a text'] as FieldRule };
const event = { applicationId: 'app', jobRunId: 'run', cause: '' };

describe('The fields of an event', () => {
  test('are read by rules.', () => {
    expect(readFields({ ...event, other: 1 }, rules)).toMatchObject(event);
  });

  test.each([
    [null, 'The event null is not valid: applicationId is missing, expected an id such as a1'],
    [undefined, 'The event missing is not valid'],
    ['x', 'The event "x" is not valid'],
    [[], 'The event [] is not valid'],
    [{}, /applicationId is missing.*jobRunId is missing.*cause is missing, expected a text/],
    [{ ...event, jobRunId: '' }, 'jobRunId is "", expected an id'],
    [{ ...event, jobRunId: 7 }, 'jobRunId is 7'],
    [{ ...event, applicationId: 'a/../b' }, 'applicationId is "a/../b"'],
  ])('are rejected in %j with their values.', (wrong, message) => {
    expect(() => readFields(wrong, rules)).toThrow(message);
  });
});
