import type { Construct } from 'constructs';
import { rerunCommand } from '../config/task-command';
import { ContentObject } from '../constructs/content-object';
import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import { LakeFormationTable } from '../constructs/lake-formation-table';
import type { NodeFunction } from '../constructs/node-function';
import { ParquetTable } from '../constructs/parquet-table';
import type { PrivateBucket } from '../constructs/private-bucket';
import { QUERY_RESULTS } from '../constructs/query-workgroup';
import type { ServiceRole } from '../constructs/service-role';
import { StateMachine } from '../constructs/state-machine';
import { StateMachineSchedule } from '../constructs/state-machine-schedule';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { UploadTrigger } from '../constructs/upload-trigger';
import { covidReportColumns, covidReportPartition } from '../schemas/covid-report';
import type { ClusterParams } from '../workflows/cluster-arguments';
import { covidWorkflow } from '../workflows/covid-workflow';
import { EXPLANATION_SECONDS } from '../workflows/failure-explanation';
import type { SparkJob } from '../workflows/step-states';
import { monitorFunctions } from './alarm-rules';
import type { BaseStackProps } from './base-stack';
import { createClusterParts } from './covid-cluster';
import { cleanupRoleStatement, CLUSTER_LOG_PREFIX, COVID_PREFIXES, SCRIPT_PREFIX } from './covid-permissions';
import { describeClusters, endClusters, findClusters, readLogs } from './monitoring-permissions';
import { type PipelineMonitoring, PipelineStack } from './pipeline-stack';

export interface CovidStackProps extends BaseStackProps {
  /** Paths of the Lambda bundles. */
  readonly artifacts: {
    readonly reaperZip: string;
    readonly notifierZip: string;
    readonly failureZip: string;
  };
  /** Paths of the entry point and the package of a job in spark-jobs/. */
  readonly jobFiles: (name: string) => { readonly main: string; readonly package: string };
}

const PIPELINE = 'covid';

/** First day of the data set of the US Department of Health and Human Services. */
const FIRST_DAY = '2020-01-01';

/** Actions to explain a failed cluster, in addition to DescribeCluster. */
const READ_CLUSTER = ['elasticmapreduce:ListInstances', 'elasticmapreduce:ListSteps'];

/** Computes monthly averages of hospital data by state on a transient EMR cluster. */
export class CovidStack extends PipelineStack {
  private readonly data: PrivateBucket;
  private readonly artifacts: PrivateBucket;
  private readonly stateMachineName: string;
  private readonly stateMachineArn: string;
  /** ARN of every cluster of the account and region, with `*` for the id. */
  private readonly clustersArn: string;

  constructor(scope: Construct, id: string, props: CovidStackProps) {
    super(scope, id, props, `${PIPELINE}-`);
    this.data = this.bucket('DataBucket', 'covid-data', { versioned: true, temporary: QUERY_RESULTS });
    this.artifacts = this.bucket('ArtifactsBucket', 'covid-artifacts', { versioned: true });
    this.stateMachineName = this.names.stateMachine(PIPELINE);
    this.stateMachineArn = this.arn('states', `stateMachine:${this.stateMachineName}`);
    this.clustersArn = this.arn('elasticmapreduce', 'cluster/*');
    const { cluster, instanceRole } = createClusterParts(this, {
      data: this.data,
      artifacts: this.artifacts,
    });
    const failure = this.createFailureFunction(cluster.tags.pipeline, props.artifacts.failureZip);
    this.createWorkflow(cluster, failure, props);
    const { schedule, onUpload } = this.settings.covid;
    const deadLetters = this.createDeadLetters(onUpload ? [this.names.plain(PIPELINE)] : []);
    if (schedule !== undefined) this.createSchedule(schedule, deadLetters);
    if (onUpload) this.createUploadTrigger(deadLetters);
    this.monitor(this.monitoring(props, cluster.tags.pipeline, deadLetters, failure.functionName));
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
      statements: [
        describeClusters(this.clustersArn, pipeline, READ_CLUSTER),
        ...readLogs(this.artifacts.bucketArn, CLUSTER_LOG_PREFIX),
      ],
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
      clustersArn: this.clustersArn,
      ruleArn: (name) => this.ruleArn(name),
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

  private startStatement(): PolicyStatement {
    return { sid: 'StartWorkflow', actions: ['states:StartExecution'], resources: [this.stateMachineArn] };
  }

  private createSchedule(
    schedule: { readonly expression: string; readonly timeZone: string },
    deadLetters: DeadLetterQueue,
  ): void {
    const scheduleName = this.names.plain(PIPELINE);
    const role = this.role('ScheduleRole', 'covid-schedule', {
      description: 'EventBridge Scheduler starts the workflow',
      service: 'scheduler.amazonaws.com',
      sourceArns: [this.arn('scheduler', `schedule-group/${scheduleName}`)],
      statements: [
        this.startStatement(),
        { sid: 'SendToDeadLetterQueue', actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] },
      ],
    });
    const { stateMachineArn } = this;
    new StateMachineSchedule(this, 'Schedule', {
      scheduleName,
      ...schedule,
      stateMachineArn,
      role,
      deadLetters,
    });
  }

  private createUploadTrigger(deadLetters: DeadLetterQueue): void {
    const ruleName = this.names.plain(PIPELINE);
    const role = this.role('UploadRole', 'covid-upload', {
      description: 'EventBridge starts the workflow when a file arrives',
      service: 'events.amazonaws.com',
      sourceArns: [this.ruleArn(ruleName)],
      statements: [this.startStatement()],
    });
    new UploadTrigger(this, 'Upload', {
      ruleName,
      description: 'A file of hospital data has arrived',
      bucket: this.data,
      prefix: COVID_PREFIXES.raw,
      stateMachineArn: this.stateMachineArn,
      role,
      deadLetters,
    });
  }

  private monitoring(
    { artifacts }: CovidStackProps,
    pipeline: string,
    deadLetters: DeadLetterQueue,
    failureFunctionName: string,
  ): PipelineMonitoring {
    const { stateMachineArn, clustersArn } = this;
    return {
      pipeline,
      stateMachineArn,
      deadLetters,
      rerun: rerunCommand(this.settings, PIPELINE),
      reaper: {
        zipPath: artifacts.reaperZip,
        environment: { COMPUTE: 'clusters' },
        statements: [
          ...findClusters(clustersArn, pipeline),
          endClusters(clustersArn, pipeline, stateMachineArn),
        ],
      },
      notifier: {
        zipPath: artifacts.notifierZip,
        environment: {},
        statements: [
          ...findClusters(clustersArn, pipeline, READ_CLUSTER),
          ...readLogs(this.artifacts.bucketArn, CLUSTER_LOG_PREFIX),
        ],
      },
      sections: ({ reaper, notifier }) => [monitorFunctions([reaper, notifier, failureFunctionName])],
    };
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
