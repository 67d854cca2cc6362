import type { Construct } from 'constructs';
import { rerunCommand } from '../config/task-command';
import { ContentObject } from '../constructs/content-object';
import { LakeFormationTable } from '../constructs/lake-formation-table';
import type { NodeFunction } from '../constructs/node-function';
import { ParquetTable } from '../constructs/parquet-table';
import type { PrivateBucket } from '../constructs/private-bucket';
import { QUERY_RESULTS } from '../constructs/query-workgroup';
import type { ServiceRole } from '../constructs/service-role';
import { StateMachine } from '../constructs/state-machine';
import { covidReportColumns, covidReportPartition } from '../schemas/covid-report';
import type { ClusterParams } from '../workflows/cluster-arguments';
import { covidWorkflow } from '../workflows/covid-workflow';
import { EXPLANATION_SECONDS } from '../workflows/failure-explanation';
import type { SparkJob } from '../workflows/step-states';
import type { BaseStackProps } from './base-stack';
import { createClusterParts } from './covid-cluster';
import { cleanupRoleStatement, COVID_PREFIXES, SCRIPT_PREFIX } from './covid-permissions';
import { createTriggers } from './covid-triggers';
import { explainFailure, covidMonitoring } from './covid-monitoring';
import { PipelineStack } from './pipeline-stack';

export interface CovidStackProps extends BaseStackProps {
  /** What the build has made of the Lambdas: paths of files. */
  readonly artifacts: {
    readonly reaperZip: string;
    readonly notifierZip: string;
    readonly failureZip: string;
  };
  /** Where the build has put a job of spark-jobs/: its entry point and its package. */
  readonly jobFiles: (name: string) => { readonly main: string; readonly package: string };
}

const PIPELINE = 'covid';

/** First day of the data set of the US Department of Health and Human Services. */
const FIRST_DAY = '2020-01-01';

/** Hospital data in, monthly averages by state out, on an EMR cluster that lives as long as a run. */
export class CovidStack extends PipelineStack {
  private readonly data: PrivateBucket;
  private readonly artifacts: PrivateBucket;
  private readonly stateMachineName: string;
  private readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, props: CovidStackProps) {
    super(scope, id, props, `${PIPELINE}-`);
    this.data = this.bucket('DataBucket', 'covid-data', { versioned: true, temporary: QUERY_RESULTS });
    this.artifacts = this.bucket('ArtifactsBucket', 'covid-artifacts', { versioned: true });
    this.stateMachineName = this.names.stateMachine(PIPELINE);
    this.stateMachineArn = this.arn('states', `stateMachine:${this.stateMachineName}`);
    const { cluster, instanceRole } = createClusterParts(this, {
      data: this.data,
      artifacts: this.artifacts,
    });
    const failure = this.createFailureFunction(cluster.tags.pipeline, props.artifacts.failureZip);
    this.createWorkflow(cluster, failure, props);
    const deadLetters = this.createDeadLetters(
      this.settings.covid.onUpload ? [this.names.plain(PIPELINE)] : [],
    );
    createTriggers(this, {
      name: this.names.plain(PIPELINE),
      data: this.data,
      stateMachineArn: this.stateMachineArn,
      deadLetters,
    });
    this.monitor(
      covidMonitoring({
        artifacts: props.artifacts,
        settings: this.settings,
        pipeline: cluster.tags.pipeline,
        stateMachineArn: this.stateMachineArn,
        deadLetters,
        clustersArn: this.arn('elasticmapreduce', 'cluster/*'),
        artifactsBucketArn: this.artifacts.bucketArn,
        failureFunctionName: failure.functionName,
      }),
    );
    this.createTable(instanceRole);
    this.createQueryWorkgroup(cluster.tags.pipeline, this.data);
    this.output('state_machine_arn', this.stateMachineArn, 'Workflow that makes the report');
    this.output('data_bucket', this.data.bucketName, 'raw/, processed/, rejected/ and the table');
    this.output('artifacts_bucket', this.artifacts.bucketName, 'Scripts, and logs of the clusters');
  }

  private uploadJob(name: string, files: { readonly main: string; readonly package: string }): SparkJob {
    const upload = (part: string, path: string): string =>
      new ContentObject(this, `${name}-${part}`, { bucket: this.artifacts, prefix: SCRIPT_PREFIX, path }).uri;
    return { name, mainUri: upload('main', files.main), packageUri: upload('package', files.package) };
  }

  private createFailureFunction(pipeline: string, zipPath: string): NodeFunction {
    return this.function('Failure', 'covid-failure', {
      description: 'Says why an execution has failed, out of the log of its cluster',
      zipPath,
      environment: { RERUN_COMMAND: rerunCommand(this.settings, PIPELINE) },
      statements: explainFailure(
        this.arn('elasticmapreduce', 'cluster/*'),
        pipeline,
        this.artifacts.bucketArn,
      ),
      timeoutSeconds: EXPLANATION_SECONDS,
    });
  }

  private createWorkflow(cluster: ClusterParams, failure: NodeFunction, { jobFiles }: CovidStackProps): void {
    const { startMinutes, stepMinutes } = this.settings.cluster;
    const workflow = covidWorkflow({
      stateMachineArn: this.stateMachineArn,
      region: this.settings.region,
      dataBucket: { name: this.data.bucketName, arn: this.data.bucketArn },
      prefixes: COVID_PREFIXES,
      jobs: this.settings.covid.jobs.map((name) => this.uploadJob(name, jobFiles(name))),
      cluster,
      clustersArn: this.arn('elasticmapreduce', 'cluster/*'),
      ruleArn: (name) => this.arn('events', `rule/${name}`),
      startMinutes,
      stepMinutes,
      explanation: { functionArn: failure.functionArn, rerunCommand: rerunCommand(this.settings, PIPELINE) },
    });
    const role = this.role('WorkflowRole', 'covid-workflow', {
      description: 'Step Functions creates the cluster, runs the jobs and ends the cluster',
      service: 'states.amazonaws.com',
      sourceArns: [this.stateMachineArn],
      statements: [
        ...workflow.statements,
        cleanupRoleStatement((name) => this.roleArn(name)),
        ...this.workflowLogging(),
      ],
    });
    new StateMachine(this, 'Workflow', {
      stateMachineName: this.stateMachineName,
      stateMachineArn: this.stateMachineArn,
      definition: workflow.definition,
      role,
      logGroup: this.logGroup('WorkflowLogs', 'vendedlogs/states', 'covid-state-machine'),
      ...this.workflowObservation(),
    });
  }

  private createTable(writer: ServiceRole): void {
    const table = new ParquetTable(this, 'Report', {
      databaseName: this.names.database(PIPELINE),
      tableName: 'covid_report',
      description: 'Monthly averages of hospital data by state, one partition a day of run',
      columns: covidReportColumns,
      dateKey: covidReportPartition,
      location: this.data.uri(COVID_PREFIXES.table),
      firstDay: FIRST_DAY,
    });
    if (!this.settings.covid.lakeFormation) return;
    new LakeFormationTable(this, 'Governance', {
      bucket: this.data,
      folder: COVID_PREFIXES.table.slice(0, -1),
      table,
      writer,
    });
  }
}
