import { EMRServerlessClient, paginateListJobRuns } from '@aws-sdk/client-emr-serverless';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { CLUSTER_LOG_PREFIX } from '../../stacks/covid-permissions';
import { stageClusters, type VerifiedStage } from './stage';

/** A log file, and when it was written last. */
export interface LogFile {
  readonly key: string;
  readonly bytes: number;
  /** Seconds after the end of its job run or cluster; negative before it, undefined when that end is not known. */
  readonly secondsAfterEnd: number | undefined;
}

/** Every log file of the stage's job runs and clusters. */
export async function logFiles(stage: VerifiedStage, began: Date): Promise<LogFile[]> {
  const { clicks, covid } = stage;
  const ends = new Map([...(await jobRunEnds(stage)), ...(await clusterEnds(stage, began))]);
  return [
    ...(await filesUnder(stage, clicks.logs_bucket, '', ends)),
    ...(await filesUnder(stage, covid.artifacts_bucket, CLUSTER_LOG_PREFIX, ends)),
  ];
}

async function jobRunEnds({ target, clicks }: VerifiedStage): Promise<[string, Date][]> {
  const ends: [string, Date][] = [];
  const client = target.client(EMRServerlessClient);
  for await (const { jobRuns = [] } of paginateListJobRuns(
    { client },
    { applicationId: clicks.emr_application_id },
  ))
    ends.push(
      ...jobRuns.flatMap(({ id = '', updatedAt }): [string, Date][] => (updatedAt ? [[id, updatedAt]] : [])),
    );
  return ends;
}

async function clusterEnds(stage: VerifiedStage, began: Date): Promise<[string, Date][]> {
  return (await stageClusters(stage, began)).flatMap(({ Id = '', Status }): [string, Date][] => {
    const end = Status?.Timeline?.EndDateTime;
    return end ? [[Id, end]] : [];
  });
}

async function filesUnder(
  { target }: VerifiedStage,
  Bucket: string,
  Prefix: string,
  ends: ReadonlyMap<string, Date>,
): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: target.client(S3Client) },
    { Bucket, Prefix },
  ))
    files.push(
      ...Contents.map(({ Key = '', Size = 0, LastModified }) => {
        const end = Key.split('/')
          .map((part) => ends.get(part))
          .find((found) => found !== undefined);
        const isKnown = end !== undefined && LastModified !== undefined;
        return {
          key: Key,
          bytes: Size,
          secondsAfterEnd: isKnown ? (LastModified.getTime() - end.getTime()) / 1000 : undefined,
        };
      }),
    );
  return files;
}
