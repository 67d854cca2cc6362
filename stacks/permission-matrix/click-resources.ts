import { arnsOf, type DeploymentScope } from './declaration';

/** What the declarations of the click pipeline name. */
export type ClickResources = ReturnType<typeof clickResources>;

export function clickResources(scope: DeploymentScope) {
  const { base, applicationId } = scope;
  const { arn, bucket, role } = arnsOf(scope);
  const executions = arn('states', `execution:${base}-state-machine`);
  return {
    base,
    arn,
    bucket,
    role,
    executions,
    database: base.replaceAll('-', '_'),
    delivery: bucket('firehose-delivery'),
    output: bucket('loggregator-output'),
    source: bucket('loggregator-source'),
    logs: bucket('emr-logs'),
    application: arn('emr-serverless', `/applications/${applicationId}`),
    otherApplication: arn('emr-serverless', '/applications/00fother'),
    stream: arn('firehose', `deliverystream/${base}-firehose-delivery-stream`),
    logStream: (group: string): string => arn('logs', `log-group:${group}:log-stream:s`),
    deadLetters: arn('sqs', `${base}-dead-letters`),
    /** Condition keys of a job run that an execution has started. */
    startedBy: (execution: string) => ({ 'aws:ResourceTag/execution': execution }),
  };
}
