import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import type { PrivateBucket } from './private-bucket';

/** Query results in the bucket of a workgroup; they can be computed again. */
export const QUERY_RESULTS = { prefix: 'athena/', days: 7 };

/** Athena cancels a query that scans more: 10 GB cost 0.05 USD. */
const BYTES_SCANNED_CUTOFF = 10_000_000_000;

export interface QueryWorkgroupProps {
  readonly workgroupName: string;
  readonly description: string;
  /** Bucket whose objects under {@link QUERY_RESULTS} expire. */
  readonly bucket: PrivateBucket;
  /** Account that owns the bucket. */
  readonly accountId: string;
  /** Key that encrypts results; SSE-S3 when undefined. */
  readonly key: DataKey | undefined;
}

/** Athena workgroup that limits the bytes scanned by a query and overrides client-side settings. */
export class QueryWorkgroup extends Construct {
  constructor(scope: Construct, id: string, props: QueryWorkgroupProps) {
    super(scope, id);
    const { workgroupName, description, bucket, accountId, key } = props;
    new AthenaWorkgroup(this, 'Resource', {
      name: workgroupName,
      description,
      // Only the query history is lost.
      forceDestroy: true,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: false,
        bytesScannedCutoffPerQuery: BYTES_SCANNED_CUTOFF,
        resultConfiguration: {
          outputLocation: bucket.uri(QUERY_RESULTS.prefix),
          expectedBucketOwner: accountId,
          encryptionConfiguration:
            key === undefined
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKeyArn: key.keyArn },
        },
      },
      dependsOn: [bucket.resource, ...(key === undefined ? [] : [key.resource])],
    });
  }
}
