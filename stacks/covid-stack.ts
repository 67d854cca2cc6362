import type { Construct } from 'constructs';
import { rerunCommand } from '../config/task-command';
import { ClusterSecurityGroups } from '../constructs/cluster-security-groups';
import { ContentObject } from '../constructs/content-object';
import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import { DiskEncryption } from '../constructs/disk-encryption';
import { LakeFormationTable } from '../constructs/lake-formation-table';
import { InstanceProfile } from '../constructs/instance-profile';
import type { LogGroup } from '../constructs/log-group';
import type { NodeFunction } from '../constructs/node-function';
import { ParquetTable } from '../constructs/parquet-table';
import type { PrivateBucket } from '../constructs/private-bucket';
import { PrivateNetwork } from '../constructs/private-network';
import type { ServiceRole } from '../constructs/service-role';
import { StateMachine } from '../constructs/state-machine';
import { StateMachineSchedule } from '../constructs/state-machine-schedule';
import { UploadTrigger } from '../constructs/upload-trigger';
import { covidReportColumns, covidReportPartition } from '../schemas/covid-report';
import type { ClusterParams } from '../workflows/cluster-arguments';
import { covidWorkflow } from '../workflows/covid-workflow';
import { EXPLANATION_SECONDS } from '../workflows/failure-explanation';
import type { SparkJob } from '../workflows/step-states';
import { type BaseStackProps, EMR_TAGS } from './base-stack';
import {
  agentStatements,
  cleanupRoleStatement,
  CLUSTER_LOG_PREFIX,
  COVID_PREFIXES,
  instanceRoleStatements,
  SCRIPT_PREFIX,
  serviceRoleStatements,
} from './covid-permissions';
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
    super(scope, id, props);
    this.data = this.bucket('DataBucket', 'covid-data', { versioned: true });
    this.artifacts = this.bucket('ArtifactsBucket', 'covid-artifacts', { versioned: true });
    this.stateMachineName = this.names.stateMachine(PIPELINE);
    this.stateMachineArn = this.arn('states', `stateMachine:${this.stateMachineName}`);
    const encryption = this.settings.cluster.encryption
      ? new DiskEncryption(this, 'DiskEncryption', { configurationName: this.names.plain(PIPELINE) })
      : undefined;
    const logs = this.settings.cluster.cloudwatchLogs
      ? this.logGroup('ClusterLogs', 'emr', PIPELINE)
      : undefined;
    const instanceRole = this.createInstanceRole(encryption, logs);
    const cluster = this.describeCluster(instanceRole, encryption, logs);
    const failure = this.createFailureFunction(cluster.tags.pipeline, props.artifacts.failureZip);
    this.createWorkflow(cluster, failure, props);
    const deadLetters = this.createDeadLetters(
      `${PIPELINE}-`,
      this.settings.covid.onUpload ? [this.names.plain(PIPELINE)] : [],
    );
    this.createTriggers(deadLetters);
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
    this.output('state_machine_arn', this.stateMachineArn, 'Workflow that makes the report');
    this.output('data_bucket', this.data.bucketName, 'raw/, processed/, rejected/ and the table');
    this.output('artifacts_bucket', this.artifacts.bucketName, 'Scripts, and logs of the clusters');
  }

  private createInstanceRole(
    encryption: DiskEncryption | undefined,
    logs: LogGroup | undefined,
  ): ServiceRole {
    return this.role('InstanceRole', 'covid-instance', {
      description: 'Nodes of the cluster read raw data and write results',
      service: 'ec2.amazonaws.com',
      // EC2 does not state for which account it assumes a role.
      accountId: undefined,
      statements: instanceRoleStatements({
        dataBucketArn: this.data.bucketArn,
        artifactsBucketArn: this.artifacts.bucketArn,
        keyArn: encryption?.keyArn,
        agent: logs === undefined ? [] : agentStatements(logs.logGroupArn),
      }),
    });
  }

  private createServiceRole(instanceRole: ServiceRole, encryption: DiskEncryption | undefined): ServiceRole {
    return this.role('ServiceRole', 'covid-service', {
      description: 'EMR makes and ends the nodes of the cluster',
      service: 'elasticmapreduce.amazonaws.com',
      sourceArns: [this.arn('elasticmapreduce', '*')],
      statements: serviceRoleStatements({
        instanceRoleArn: instanceRole.arn,
        keyArn: encryption?.keyArn,
        spot: this.settings.cluster.spot,
        roleArn: (name) => this.roleArn(name),
      }),
      managedPolicyArn: this.managedPolicyArn('service-role/AmazonEMRServicePolicy_v2'),
    });
  }

  private describeCluster(
    instanceRole: ServiceRole,
    encryption: DiskEncryption | undefined,
    logs: LogGroup | undefined,
  ): ClusterParams {
    const { cluster, emr } = this.settings;
    const profileName = this.names.role('covid-instance');
    const profile = new InstanceProfile(this, 'InstanceProfile', {
      profileName,
      profileArn: this.roleArn(profileName).replace(':role/', ':instance-profile/'),
      role: instanceRole,
    });
    const network = this.createNetwork();
    return {
      namePrefix: `${this.names.plain(PIPELINE)}-`,
      release: emr.release,
      logUri: this.artifacts.uri(CLUSTER_LOG_PREFIX),
      serviceRoleArn: this.createServiceRole(instanceRole, encryption).arn,
      instanceProfileArn: profile.arn,
      instanceRoleArn: instanceRole.arn,
      subnetIds: network.subnetIds,
      securityGroups: new ClusterSecurityGroups(this, 'SecurityGroups', {
        vpcId: network.vpcId,
        names: {
          primary: this.names.securityGroup('covid-primary'),
          worker: this.names.securityGroup('covid-worker'),
          service: this.names.securityGroup('covid-service'),
        },
        tags: EMR_TAGS,
      }),
      securityConfiguration: encryption?.configurationName,
      logGroupName: logs?.logGroupName,
      ...cluster,
      tags: { ...this.commonTags(), ...EMR_TAGS, pipeline: this.names.plain(PIPELINE) },
    };
  }

  private createNetwork(): { readonly vpcId: string; readonly subnetIds: readonly string[] } {
    const { network, region, cluster } = this.settings;
    return (
      network ??
      new PrivateNetwork(this, 'Network', {
        name: this.names.plain(PIPELINE),
        region,
        tags: EMR_TAGS,
        instanceTypes: [...cluster.primaryTypes, ...cluster.workerTypes],
        interfaceEndpoints: cluster.cloudwatchLogs ? ['logs'] : [],
      })
    );
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
      explanation: {
        functionArn: failure.functionArn,
        rerunCommand: rerunCommand(this.settings, PIPELINE),
      },
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

  private createTriggers(deadLetters: DeadLetterQueue): void {
    const { schedule, onUpload } = this.settings.covid;
    const name = this.names.plain(PIPELINE);
    if (schedule !== undefined) this.createSchedule(name, schedule, deadLetters);
    if (onUpload) this.createUploadTrigger(name, this.ruleArn(name), deadLetters);
  }

  private createSchedule(
    scheduleName: string,
    schedule: { readonly expression: string; readonly timeZone: string },
    deadLetters: DeadLetterQueue,
  ): void {
    const role = this.role('ScheduleRole', 'covid-schedule', {
      description: 'EventBridge Scheduler starts the workflow',
      service: 'scheduler.amazonaws.com',
      sourceArns: [this.arn('scheduler', `schedule-group/${scheduleName}`)],
      statements: [
        { sid: 'StartWorkflow', actions: ['states:StartExecution'], resources: [this.stateMachineArn] },
        { sid: 'SendToDeadLetterQueue', actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] },
      ],
    });
    new StateMachineSchedule(this, 'Schedule', {
      scheduleName,
      ...schedule,
      stateMachineArn: this.stateMachineArn,
      role,
      deadLetters,
    });
  }

  private createUploadTrigger(ruleName: string, ruleArn: string, deadLetters: DeadLetterQueue): void {
    const role = this.role('UploadRole', 'covid-upload', {
      description: 'EventBridge starts the workflow when a file arrives',
      service: 'events.amazonaws.com',
      sourceArns: [ruleArn],
      statements: [
        { sid: 'StartWorkflow', actions: ['states:StartExecution'], resources: [this.stateMachineArn] },
      ],
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
