import { S3 } from '@aws-sdk/client-s3';
import { CLUSTER_LOG_PREFIX } from '../../stacks/covid-permissions';
import { listClusters } from '../aws/clusters';
import { listObjects } from '../aws/s3-objects';
import { jobRuns } from './click-scenarios';
import type { VerifiedStage } from './stage';

/** A log file, and the time of its last upload. */
export interface LogFile {
  readonly key: string;
  readonly bytes: number | undefined;
  /** Seconds after the end of its job run or cluster; negative before it, undefined when the end is not known. */
  readonly secondsAfterEnd: number | undefined;
}

/** All log files of the job runs and clusters of the stage. */
export async function logFiles(stage: VerifiedStage, began: Date): Promise<LogFile[]> {
  const { target, clicks, covid } = stage;
  const ends = new Map([
    ...(await jobRuns(stage)).map(({ id, updatedAt }) => [id, updatedAt] as const),
    ...(await listClusters(target, { CreatedAfter: began })).map(
      ({ Id, Status }) => [Id, Status?.Timeline?.EndDateTime] as const,
    ),
  ]);
  const s3 = target.client(S3);
  const objects = [
    ...(await listObjects(s3, { Bucket: clicks.logs_bucket, Prefix: '' })),
    ...(await listObjects(s3, { Bucket: covid.artifacts_bucket, Prefix: CLUSTER_LOG_PREFIX })),
  ];
  return objects.map(({ Key, Size, LastModified }) => {
    // One part of the key is the id of the job run or cluster.
    const end = Key.split('/')
      .map((part) => ends.get(part))
      .find(Boolean);
    const secondsAfterEnd = end && LastModified && (LastModified.getTime() - end.getTime()) / 1000;
    return { key: Key, bytes: Size, secondsAfterEnd };
  });
}
