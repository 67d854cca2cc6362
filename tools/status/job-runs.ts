import {
  EMRServerlessClient,
  GetApplicationCommand,
  ListJobRunsCommand,
} from '@aws-sdk/client-emr-serverless';
import { EMRClient, ListClustersCommand } from '@aws-sdk/client-emr';
import { applicationId } from '../runs/failed-run';
import type { Target } from '../aws/target';

/** The EMR Serverless application and what ran on it lately. */
export interface Application {
  readonly id: string;
  readonly state: string;
  /** Newest first. */
  readonly jobRuns: readonly RecentWork[];
}

/** A job run or a cluster, running or ended. */
export interface RecentWork {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly createdAt: Date | undefined;
  /** The service's own; undefined when it gives none. */
  readonly reason: string | undefined;
}

const MOST_RECENT = 5;

/** Undefined when the stage has no application. */
export async function describeApplication(target: Target): Promise<Application | undefined> {
  const id = await applicationId(target);
  if (id === undefined) return undefined;
  const client = target.client(EMRServerlessClient);
  const [{ application }, { jobRuns = [] }] = await Promise.all([
    client.send(new GetApplicationCommand({ applicationId: id })),
    client.send(new ListJobRunsCommand({ applicationId: id })),
  ]);
  const newest = jobRuns
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .slice(0, MOST_RECENT);
  return {
    id,
    state: application?.state ?? 'UNKNOWN',
    jobRuns: newest.map(({ id: jobRunId = '', name = '', state = 'UNKNOWN', createdAt, stateDetails }) => ({
      ...{ id: jobRunId, name, state, createdAt },
      reason: state === 'SUCCESS' ? undefined : oneLine(stateDetails),
    })),
  };
}

/** The newest clusters of the covid pipeline, whatever their state, newest first. */
export async function recentClusters(target: Target): Promise<RecentWork[]> {
  const prefix = `${target.names.pipeline('covid')}-`;
  const { Clusters = [] } = await target.client(EMRClient).send(new ListClustersCommand({}));
  return Clusters.filter(({ Name = '' }) => Name.startsWith(prefix))
    .slice(0, MOST_RECENT)
    .map(({ Id: id = '', Name: name = '', Status: status }) => ({
      ...{ id, name, state: status?.State ?? 'UNKNOWN', createdAt: status?.Timeline?.CreationDateTime },
      reason: oneLine(status?.StateChangeReason?.Message),
    }));
}

function oneLine(text: string | undefined): string | undefined {
  const line = text?.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? undefined : line;
}
