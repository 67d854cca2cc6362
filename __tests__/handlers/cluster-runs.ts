export const START = 1_700_000_000;
export const STEP_LOG = '/artifacts/logs/j-1/steps/s-1/stderr.gz';

/** Responses of EMR for the cluster of an execution with a failed step. */
export function failedCluster(executionArn: string): Readonly<Record<string, object>> {
  const names = { Id: 'j-1', Name: 'clicklogger-dev-covid-run-1' };
  const Timeline = { CreationDateTime: START, EndDateTime: START + 3600 };
  return {
    ListClusters: { Clusters: [names] },
    DescribeCluster: {
      Cluster: {
        ...names,
        LogUri: 's3://artifacts/logs/',
        Status: { State: 'TERMINATED' },
        Tags: [{ Key: 'execution', Value: executionArn }],
      },
    },
    ListSteps: {
      Steps: [
        {
          Id: 's-1',
          Name: 'covid-report',
          Status: { State: 'FAILED', FailureDetails: { Reason: 'Unknown Error.' } },
        },
      ],
    },
    ListInstances: { Instances: [{ InstanceType: 'm5.xlarge', Market: 'ON_DEMAND', Status: { Timeline } }] },
  };
}
