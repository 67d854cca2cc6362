import { isAtLeast, parseVersion } from '../../../tools/setup/versions.cjs';

describe('the version in a tool’s answer', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', [17, 0, 15]],
    ['openjdk version "21" 2023-09-19', [21]],
    ['java version "1.8.0_292"', [8, 0]],
    ['\u001b[1mApache Maven 3.8.7\u001b[m', [3, 8, 7]],
    ['Python 3.11.7', [3, 11, 7]],
    ['v20.19.0', [20, 19, 0]],
  ])('reads %j', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });

  it('is undefined when the tool names none', () => {
    expect(parseVersion('command not found')).toBeUndefined();
  });
});

describe('the comparison with a minimum', () => {
  it.each([
    [[20, 19], [20, 19], true],
    [[20, 19, 4], [20, 19], true],
    [[22], [20, 19], true],
    [[20], [20, 19], false],
    [[3, 9, 18], [3, 10], false],
  ])('%j against %j is %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
