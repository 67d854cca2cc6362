import { Dashboard, type Graph } from '../../constructs/dashboard';
import { resourcesOf } from '../support/synth';
import { synthStack } from './function-in-stack';

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const graph = (title: string, periodSeconds?: number): Graph => ({
  title,
  metrics: [{ namespace: 'AWS/SQS', name: 'Sent', dimensions: { QueueName: 'q' }, statistic: 'Maximum' }],
  ...(periodSeconds === undefined ? {} : { periodSeconds }),
});

function widgetsOf(graphs: readonly Graph[]): Widget[] {
  const stack = synthStack((scope) => {
    new Dashboard(scope, 'Dashboard', { dashboardName: 'clicks', region: 'eu-west-1', graphs });
  });
  const [dashboard] = resourcesOf(stack, 'aws_cloudwatch_dashboard');
  expect(dashboard).toMatchObject({ dashboard_name: 'clicks' });
  return (JSON.parse(String(dashboard!.dashboard_body)) as { widgets: Widget[] }).widgets;
}

describe('A dashboard', () => {
  test('has three graphs in a row within CloudWatch’s 24 columns, in the order given', () => {
    const widgets = widgetsOf(['a', 'b', 'c', 'd'].map((title) => graph(title)));
    expect(widgets.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [8, 0],
      [16, 0],
      [0, 6],
    ]);
    expect(widgets.every(({ x, width }) => x + width <= 24)).toBe(true);
    expect(widgets.map(({ properties }) => properties.title)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('draws each metric with its dimensions and statistic, in its region', () => {
    expect(widgetsOf([graph('Sent')])[0]!.properties).toMatchObject({
      region: 'eu-west-1',
      period: 300,
      metrics: [['AWS/SQS', 'Sent', 'QueueName', 'q', { stat: 'Maximum' }]],
    });
    expect(widgetsOf([graph('Sent', 60)])[0]!.properties).toMatchObject({ period: 60 });
  });
});
