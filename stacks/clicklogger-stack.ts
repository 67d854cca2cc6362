import type { Construct } from 'constructs';
import { rerunCommand } from '../config/task-command';
import { ContentObject } from '../constructs/content-object';
import type { NodeFunction } from '../constructs/node-function';
import { ParquetStream } from '../constructs/parquet-stream';
import { ParquetTable } from '../constructs/parquet-table';
import type { PrivateBucket } from '../constructs/private-bucket';
import { QUERY_RESULTS } from '../constructs/query-workgroup';
import type { ServiceRole } from '../constructs/service-role';
import { SparkApplication } from '../constructs/spark-application';
import { StateMachine } from '../constructs/state-machine';
import { clickColumns, clickPartition } from '../schemas/click';
import { clickloggerWorkflow } from '../workflows/clicklogger-workflow';
import { monitorFunctions, monitorIngestion, monitorStream } from './alarm-rules';
import type { BaseStackProps } from './base-stack';
import { createStudio } from './click-studio';
import {
  CLICK_PREFIX,
  ERROR_PREFIX,
  JAR_PREFIX,
  JOB_LOG_PREFIX,
  jobRoleStatements,
  statusRoleStatements,
} from './clicklogger-permissions';
import { cancelJobRuns, findJobRuns, readLogs } from './monitoring-permissions';
import { type PipelineMonitoring, PipelineStack } from './pipeline-stack';

export interface ClickloggerStackProps extends BaseStackProps {
  /** Paths of the build output. */
  readonly artifacts: {
    readonly ingestionZip: string;
    readonly jobStatusZip: string;
    readonly reaperZip: string;
    readonly notifierZip: string;
    readonly loggregatorJar: string;
  };
}

const TABLE_NAME = 'clicks';

/** The project has no earlier clicks. */
const FIRST_DAY = '2023-01-01';

interface Buckets {
  readonly delivery: PrivateBucket;
  readonly source: PrivateBucket;
  readonly output: PrivateBucket;
  readonly logs: PrivateBucket;
}

/** Stores clicks with Lambda and Firehose, and creates a daily report on EMR Serverless. */
export class ClickloggerStack extends PipelineStack {
  private readonly artifacts: ClickloggerStackProps['artifacts'];
  private readonly pipeline: string;
  private readonly buckets: Buckets;

  constructor(scope: Construct, id: string, props: ClickloggerStackProps) {
    super(scope, id, props, '');
    this.artifacts = props.artifacts;
    this.pipeline = this.names.pipeline('clicklogger');
    this.buckets = this.createBuckets();
    this.createQueryWorkgroup(this.pipeline, this.buckets.output);
    const stream = this.createDelivery();
    const ingestion = this.createIngestion(stream);
    const application = this.createApplication();
    const jobRole = this.createJobRole();
    const status = this.createStatusFunction(application);
    const stateMachine = this.createWorkflow(application, jobRole, status);
    this.monitor(
      this.monitoring(application, stateMachine.stateMachineArn, stream.streamName, {
        ingestion: ingestion.functionName,
        jobStatus: status.functionName,
      }),
    );
    if (this.settings.studio)
      createStudio(
        this,
        Object.values(this.buckets).map(({ bucketArn }: PrivateBucket) => bucketArn),
      );
    this.output('ingestion_function_name', ingestion.functionName, 'Lambda that takes clicks');
    this.output('state_machine_arn', stateMachine.stateMachineArn, 'Workflow that makes the report of a day');
    this.output('emr_application_id', application.applicationId, 'EMR Serverless application');
    this.output('delivery_bucket', this.buckets.delivery.bucketName, 'Clicks as Parquet');
    this.output('output_bucket', this.buckets.output.bucketName, 'Reports');
    this.output('logs_bucket', this.buckets.logs.bucketName, 'Logs of the Spark job');
  }

  private createBuckets(): Buckets {
    const { dataRetentionDays, logRetentionDays } = this.settings;
    return {
      delivery: this.bucket('DeliveryBucket', 'firehose-delivery', { expireDays: dataRetentionDays }),
      source: this.bucket('SourceBucket', 'loggregator-source', { versioned: true }),
      output: this.bucket('OutputBucket', 'loggregator-output', {
        versioned: true,
        temporary: QUERY_RESULTS,
      }),
      logs: this.bucket('LogsBucket', 'emr-logs', { expireDays: logRetentionDays }),
    };
  }

  private createDelivery(): ParquetStream {
    const { delivery } = this.buckets;
    const streamName = this.names.deliveryStream();
    const streamArn = this.arn('firehose', `deliverystream/${streamName}`);
    const databaseName = this.names.database();
    const logGroup = this.logGroup('DeliveryLogs', 'kinesisfirehose', 'firehose-delivery-stream');
    const table = new ParquetTable(this, 'Clicks', {
      databaseName,
      tableName: TABLE_NAME,
      description: 'Clicks as the ingestion Lambda stores them, by day of arrival',
      columns: clickColumns,
      dateKey: clickPartition,
      location: delivery.uri(CLICK_PREFIX),
      firstDay: FIRST_DAY,
    });
    const role = this.role('DeliveryRole', 'delivery', {
      description: 'Firehose files clicks in S3',
      service: 'firehose.amazonaws.com',
      sourceArns: [streamArn],
      statedBy: 'external-id',
      statements: ParquetStream.roleStatements({
        bucketArn: delivery.bucketArn,
        prefixes: [CLICK_PREFIX, ERROR_PREFIX],
        logGroupArn: logGroup.logGroupArn,
        catalogArns: ['catalog', `database/${databaseName}`, `table/${databaseName}/${TABLE_NAME}`].map(
          (resource) => this.arn('glue', resource),
        ),
      }),
    });
    return new ParquetStream(this, 'Delivery', {
      streamName,
      streamArn,
      bucket: delivery,
      table,
      role,
      logGroup,
      key: this.dataKey,
      prefix: CLICK_PREFIX,
      errorPrefix: ERROR_PREFIX,
      dateKey: clickPartition.name,
      ...this.settings.firehose,
    });
  }

  private createIngestion(stream: ParquetStream): NodeFunction {
    return this.function('Ingestion', 'ingestion', {
      description: 'Checks clicks and hands them to Firehose',
      zipPath: this.artifacts.ingestionZip,
      environment: {
        STREAM_NAME: stream.streamName,
        PIPELINE: this.pipeline,
        METRIC_NAMESPACE: this.metricNamespace(),
      },
      statements: [
        { sid: 'SendClicks', actions: ['firehose:PutRecordBatch'], resources: [stream.streamArn] },
      ],
    });
  }

  private createApplication(): SparkApplication {
    const { emr } = this.settings;
    return new SparkApplication(this, 'Application', {
      applicationName: this.names.emrApplication(),
      release: emr.release,
      architecture: emr.architecture,
      maximum: {
        vcpu: emr.maxVcpu,
        memoryGigabytes: emr.maxMemoryGigabytes,
        diskGigabytes: emr.maxDiskGigabytes,
      },
      idleMinutes: emr.idleMinutes,
    });
  }

  private createJobRole(): ServiceRole {
    const { delivery, source, output, logs } = this.buckets;
    return this.role('JobRole', 'job', {
      description: 'The Spark job reads clicks and writes reports',
      service: 'emr-serverless.amazonaws.com',
      sourceArns: [this.arn('emr-serverless', '/applications/*')],
      statements: jobRoleStatements({
        delivery: delivery.bucketArn,
        source: source.bucketArn,
        output: output.bucketArn,
        logs: logs.bucketArn,
      }),
    });
  }

  private createStatusFunction(application: SparkApplication): NodeFunction {
    return this.function('JobStatus', 'job-status', {
      description: 'Tells the state machine how a job run is doing, and why it failed',
      zipPath: this.artifacts.jobStatusZip,
      environment: { ARCHITECTURE: this.settings.emr.architecture },
      statements: statusRoleStatements(application.arn, this.buckets.logs.bucketArn),
    });
  }

  private createWorkflow(
    application: SparkApplication,
    jobRole: ServiceRole,
    status: NodeFunction,
  ): StateMachine {
    const { delivery, source, output, logs } = this.buckets;
    const { emr, run, region } = this.settings;
    const stateMachineName = this.names.stateMachine();
    const stateMachineArn = this.arn('states', `stateMachine:${stateMachineName}`);
    const workflow = clickloggerWorkflow({
      applicationId: application.applicationId,
      applicationArn: application.arn,
      jobRoleArn: jobRole.arn,
      jarUri: new ContentObject(this, 'Jar', {
        bucket: source,
        prefix: JAR_PREFIX,
        path: this.artifacts.loggregatorJar,
      }).uri,
      mainClass: 'com.clicklogger.loggregator.Main',
      deliveryBucket: { name: delivery.bucketName, arn: delivery.bucketArn },
      outputBucketName: output.bucketName,
      logUri: logs.uri(),
      logKeyArn: this.dataKey?.keyArn,
      partitionPrefix: `${CLICK_PREFIX}${clickPartition.name}=`,
      statusFunctionArn: status.functionArn,
      rerunCommand: rerunCommand(this.settings, 'clicklogger'),
      tags: this.commonTags(),
      region,
      ...run,
      ...emr,
    });
    const role = this.role('WorkflowRole', 'workflow', {
      description: 'Step Functions runs the Spark job and watches it',
      service: 'states.amazonaws.com',
      sourceArns: [stateMachineArn],
      statements: [...workflow.statements, ...this.workflowLogging()],
    });
    return new StateMachine(this, 'Workflow', {
      stateMachineName,
      stateMachineArn,
      definition: workflow.definition,
      role,
      logGroup: this.logGroup('WorkflowLogs', 'vendedlogs/states', 'state-machine'),
      ...this.workflowObservation(),
    });
  }

  private monitoring(
    { applicationId, arn }: SparkApplication,
    stateMachineArn: string,
    streamName: string,
    functionNames: { readonly ingestion: string; readonly jobStatus: string },
  ): PipelineMonitoring {
    const { artifacts, settings, pipeline } = this;
    const { ingestion, jobStatus } = functionNames;
    const compute = findJobRuns(arn);
    return {
      pipeline,
      stateMachineArn,
      deadLetters: this.createDeadLetters(),
      rerun: rerunCommand(settings, 'clicklogger'),
      reaper: {
        zipPath: artifacts.reaperZip,
        environment: { COMPUTE: 'job-runs', APPLICATION_ID: applicationId },
        statements: [...compute, cancelJobRuns(arn, stateMachineArn)],
      },
      notifier: {
        zipPath: artifacts.notifierZip,
        environment: { APPLICATION_ID: applicationId, ARCHITECTURE: settings.emr.architecture },
        statements: [...compute, ...readLogs(this.buckets.logs.bucketArn, JOB_LOG_PREFIX)],
      },
      sections: ({ reaper, notifier }) => [
        monitorIngestion(ingestion, this.metricNamespace(), pipeline),
        monitorStream(streamName, settings.firehose.bufferSeconds, settings.monitoring.noDataHours),
        monitorFunctions([ingestion, jobStatus, reaper, notifier]),
      ],
    };
  }
}
