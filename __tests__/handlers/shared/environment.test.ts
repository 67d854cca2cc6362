import { choiceVariable, requiredVariable } from '../../../handlers/shared/environment';

const environment = { STREAM_NAME: 'clicks', EMPTY: ' ' };

describe('Environment of a Lambda', () => {
  test('gives a variable', () => {
    expect(requiredVariable('STREAM_NAME', environment)).toBe('clicks');
    expect(choiceVariable('STREAM_NAME', ['other', 'clicks'], environment)).toBe('clicks');
  });

  test.each([
    ['ABSENT', 'is not set'],
    ['EMPTY', 'is blank'],
  ])('refuses %s, which %s', (name, reason) => {
    expect(() => requiredVariable(name, environment)).toThrow(`${name} ${reason}`);
  });

  test('refuses a value that is none of the choices', () => {
    expect(() => choiceVariable('STREAM_NAME', ['a', 'b'], environment)).toThrow(
      "is 'clicks': it must be a or b",
    );
  });
});
