import { embeddedMetrics } from '../../../handlers/shared/embedded-metrics';

describe('A line of embedded metrics', () => {
  test('is one line of JSON that names every metric with its unit, and has its value next to the dimensions', () => {
    const line = embeddedMetrics(
      'clicklogger/dev',
      { Pipeline: 'clicks', Reason: 'missing' },
      { ClicksRejected: { value: 3, unit: 'Count' }, OldestComputeHours: { value: 0.5, unit: 'None' } },
      1_700_000_000_000,
    );
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'clicklogger/dev',
            Dimensions: [['Pipeline', 'Reason']],
            Metrics: [
              { Name: 'ClicksRejected', Unit: 'Count' },
              { Name: 'OldestComputeHours', Unit: 'None' },
            ],
          },
        ],
      },
      Pipeline: 'clicks',
      Reason: 'missing',
      ClicksRejected: 3,
      OldestComputeHours: 0.5,
    });
  });
});
