import { newStageName } from '../../../tools/verify/stage';

describe('The stage of a verification', () => {
  test.each([
    ['us-east-1', 'verifyx1z'],
    ['ap-southeast-1', 'vx1z'],
  ])('has the longest name that the bucket names of %s have room for.', (region, expected) => {
    expect(newStageName({ appPrefix: 'clicklogger', region }, 'x1z')).toBe(expected);
  });

  test('has another name each time.', () => {
    const names = Array.from({ length: 20 }, () =>
      newStageName({ appPrefix: 'clicklogger', region: 'us-east-1' }),
    );
    expect(new Set(names).size).toBeGreaterThan(10);
    expect(names.every((name) => /^[a-z][a-z0-9]{1,9}$/.test(name))).toBe(true);
  });

  test('is refused with what to do when APP_PREFIX leaves no room.', () => {
    const settings = { appPrefix: 'a-very-long-prefix-x', region: 'ap-southeast-1' };
    expect(() => newStageName(settings)).toThrow(/APP_PREFIX=a-very-long-prefix-x leaves no room.*shorter/);
  });
});
