import { arnsOf, type DeploymentScope } from './declaration';

/** What the declarations of the covid pipeline name. */
export type CovidResources = ReturnType<typeof covidResources>;

export function covidResources(scope: DeploymentScope) {
  const { base, keyId } = scope;
  const { arn, bucket, role, linkedRole } = arnsOf(scope);
  const execution = arn('states', `execution:${base}-covid-state-machine:x`);
  const ours = { 'elasticmapreduce:ResourceTag/pipeline': `${base}-covid` };
  return {
    base,
    arn,
    role,
    linkedRole,
    execution,
    ours,
    data: bucket('covid-data'),
    artifacts: bucket('covid-artifacts'),
    key: arn('kms', `key/${keyId}`),
    stateMachine: arn('states', `stateMachine:${base}-covid-state-machine`),
    cluster: arn('elasticmapreduce', 'cluster/j-1'),
    deadLetters: arn('sqs', `${base}-covid-dead-letters`),
    tagged: { 'elasticmapreduce:RequestTag/pipeline': `${base}-covid` },
    ofExecution: { ...ours, 'elasticmapreduce:ResourceTag/execution': execution },
  };
}
