import { CloudwatchLogStream } from '@cdktf/provider-aws/lib/cloudwatch-log-stream';
import { KinesisFirehoseDeliveryStream } from '@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import type { LogGroup } from './log-group';
import type { ParquetTable } from './parquet-table';
import type { PolicyStatement } from './support/policy-document';
import type { PrivateBucket } from './private-bucket';
import type { ServiceRole } from './service-role';

export interface ParquetStreamProps {
  readonly streamName: string;
  /** ARN of the stream, computed from its name. */
  readonly streamArn: string;
  readonly bucket: PrivateBucket;
  readonly table: ParquetTable;
  readonly role: ServiceRole;
  readonly logGroup: LogGroup;
  /** Key that encrypts buffered records and files; AWS owned keys when undefined. */
  readonly key: DataKey | undefined;
  /** Folder of the table in the bucket, with a trailing slash. */
  readonly prefix: string;
  /** Folder of records that could not be converted or delivered, with a trailing slash. */
  readonly errorPrefix: string;
  /** Name of the partition key of the day. */
  readonly dateKey: string;
  readonly bufferSeconds: number;
  /** Buffer size in MB; format conversion requires at least 64. */
  readonly bufferMegabytes: number;
}

/** Log stream of the Firehose console for delivery errors. */
const LOG_STREAM = 'DestinationDelivery';

/** Firehose stream that converts JSON to Parquet with the schema of a Glue table, partitioned by day of arrival (UTC). */
export class ParquetStream extends Construct {
  readonly streamName: string;
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: ParquetStreamProps) {
    super(scope, id);
    const { key } = props;
    this.streamName = props.streamName;
    this.streamArn = props.streamArn;
    const logStream = new CloudwatchLogStream(this, 'LogStream', {
      name: LOG_STREAM,
      logGroupName: props.logGroup.resource.name,
    });
    new KinesisFirehoseDeliveryStream(this, 'Resource', {
      name: props.streamName,
      destination: 'extended_s3',
      serverSideEncryption: {
        enabled: true,
        ...(key ? { keyType: 'CUSTOMER_MANAGED_CMK', keyArn: key.keyArn } : { keyType: 'AWS_OWNED_CMK' }),
      },
      extendedS3Configuration: {
        roleArn: props.role.arn,
        bucketArn: props.bucket.bucketArn,
        ...(key && { kmsKeyArn: key.keyArn }),
        prefix: `${props.prefix}${props.dateKey}=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${props.errorPrefix}!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
        bufferingInterval: props.bufferSeconds,
        bufferingSize: props.bufferMegabytes,
        // Required with format conversion: the Parquet serializer compresses.
        compressionFormat: 'UNCOMPRESSED',
        cloudwatchLoggingOptions: {
          enabled: true,
          logGroupName: props.logGroup.logGroupName,
          logStreamName: LOG_STREAM,
        },
        dataFormatConversionConfiguration: ParquetStream.conversion(props),
      },
      dependsOn: [...props.role.ready, logStream, props.bucket.resource],
    });
  }

  private static conversion({ table, role }: ParquetStreamProps) {
    return {
      inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
      outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
      schemaConfiguration: {
        databaseName: table.databaseName,
        tableName: table.resource.name,
        roleArn: role.arn,
        versionId: 'LATEST',
      },
    };
  }

  /**
   * Permissions for the role of the stream.
   *
   * @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
   */
  static roleStatements(props: {
    readonly bucketArn: string;
    readonly prefixes: readonly string[];
    readonly logGroupArn: string;
    /** ARNs of the catalog, the database and the table. */
    readonly catalogArns: readonly string[];
  }): PolicyStatement[] {
    return [
      {
        sid: 'DeliverObjects',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: props.prefixes.map((prefix) => `${props.bucketArn}/${prefix}*`),
      },
      {
        sid: 'FindBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [props.bucketArn],
      },
      {
        sid: 'ReadSchema',
        actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
        resources: props.catalogArns,
      },
      {
        sid: 'WriteErrors',
        actions: ['logs:PutLogEvents'],
        resources: [`${props.logGroupArn}:log-stream:${LOG_STREAM}`],
      },
    ];
  }
}
