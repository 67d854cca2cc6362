/** A failed run of the covid workflow, as EMR and S3 describe it. */

export const START = 1_700_000_000;
export const STEP_LOG = '/artifacts/logs/j-1/steps/s-1/stderr.gz';

/** EMR with the cluster of an execution, whose step has failed. */
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
