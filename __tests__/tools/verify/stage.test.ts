import { Names } from '../../../config/names';
import { newStageName } from '../../../tools/verify/stage';

test('The stage of a verification has a random name that is short enough for the bucket names of every region.', () => {
  const names = Array.from({ length: 20 }, newStageName);
  expect(new Set(names).size).toBeGreaterThan(10);
  for (const stage of names) {
    expect(stage).toMatch(/^v[0-9a-z]{3}$/);
    const settings = { appPrefix: 'clicklogger', region: 'ap-southeast-1', stage };
    expect(new Names(settings, '123456789012').bucket('loggregator-source').length).toBeLessThanOrEqual(63);
  }
});
