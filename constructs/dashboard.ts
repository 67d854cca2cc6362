import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { jsonText } from './support/json-text';
import type { Metric } from './metric-alarm';

export interface Graph {
  readonly title: string;
  readonly metrics: readonly Metric[];
}

export interface DashboardProps {
  readonly dashboardName: string;
  readonly region: string;
  readonly graphs: readonly Graph[];
}

/** CloudWatch's grid has 24 columns: three graphs in a row. */
const WIDTH = 8;
const HEIGHT = 6;
const IN_A_ROW = 3;
const PERIOD_SECONDS = 300;

/** Dashboard with three graphs in a row, in the given order. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { dashboardName, region, graphs }: DashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'Resource', {
      dashboardName,
      dashboardBody: jsonText({ widgets: graphs.map((graph, index) => widget(graph, index, region)) }),
    });
  }
}

function widget({ title, metrics }: Graph, index: number, region: string): object {
  return {
    type: 'metric',
    x: (index % IN_A_ROW) * WIDTH,
    y: Math.floor(index / IN_A_ROW) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title,
      region,
      view: 'timeSeries',
      period: PERIOD_SECONDS,
      metrics: metrics.map(({ namespace, name, dimensions, statistic }) => [
        namespace,
        name,
        ...Object.entries(dimensions).flat(),
        { stat: statistic },
      ]),
    },
  };
}
