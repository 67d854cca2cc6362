import { explainFailedRun } from '../runs/failed-run';
import { findLiveCompute, type ObservedCompute } from '../reap/live-compute';
import type { Target } from '../aws/target';
import { findDeployed, type DeployedStack } from '../aws/deployed';
import { findErrorObjects, type ErrorObjects } from './error-objects';
import {
  describeApplication,
  hasFailed,
  recentClusters,
  recentExecutions,
  type Application,
  type RecentExecution,
  type RecentWork,
} from './recent';
import { findStartingPoints, type StartingPoint } from './schedules';
import { standingCosts, type StandingCost } from './costs';

/** What a stage has deployed, what it does and what it costs. */
export interface Status {
  readonly at: Date;
  /** Of every stage. */
  readonly deployed: readonly DeployedStack[];
  /** Undefined when the stage is not deployed. */
  readonly running: Running | undefined;
}

export interface Running {
  readonly application: Application | undefined;
  readonly executions: readonly RecentExecution[];
  /** In full, for each pipeline whose newest execution has failed. */
  readonly failures: readonly string[];
  readonly compute: readonly ObservedCompute[];
  readonly clusters: readonly RecentWork[];
  readonly startingPoints: readonly StartingPoint[];
  readonly errors: readonly ErrorObjects[];
  readonly standing: readonly StandingCost[];
}

/** Counting the objects of buckets takes long, and what is deployed changes slowly. */
const STANDING_MS = 60_000;

/** Collects the status of a stage repeatedly; keeps what cannot have changed since the last time. */
export class StatusCollector {
  private readonly explained = new Map<string, string>();
  private standing: { readonly at: number; readonly costs: StandingCost[] } | undefined;

  constructor(private readonly target: Target) {}

  async collect(now: Date): Promise<Status> {
    const deployed = await findDeployed(this.target);
    const own = deployed.filter(({ stage }) => stage === this.target.stage);
    return { at: now, deployed, running: own.length === 0 ? undefined : await this.collectRunning(own, now) };
  }

  private async collectRunning(own: readonly DeployedStack[], now: Date): Promise<Running> {
    const { target } = this;
    const [application, executions, compute, clusters, startingPoints, errors, standing] = await Promise.all([
      describeApplication(target),
      recentExecutions(target),
      findLiveCompute(target, now),
      recentClusters(target),
      findStartingPoints(target, now),
      findErrorObjects(target),
      this.standingCosts(own, now),
    ]);
    const failures = await this.explain(executions);
    return { application, executions, failures, compute, clusters, startingPoints, errors, standing };
  }

  private async standingCosts(own: readonly DeployedStack[], now: Date): Promise<StandingCost[]> {
    if (this.standing === undefined || now.getTime() - this.standing.at > STANDING_MS)
      this.standing = { at: now.getTime(), costs: await standingCosts(this.target, own) };
    return this.standing.costs;
  }

  private async explain(executions: readonly RecentExecution[]): Promise<string[]> {
    const newest = executions.filter(
      ({ pipeline }, index) => executions.findIndex((other) => other.pipeline === pipeline) === index,
    );
    const failed = newest.filter(({ status }) => hasFailed(status));
    return Promise.all(
      failed.map(async ({ pipeline, executionArn }) => {
        const known = this.explained.get(executionArn);
        if (known !== undefined) return known;
        const text = await explainFailedRun(this.target, pipeline, executionArn);
        this.explained.set(executionArn, text);
        return text;
      }),
    );
  }
}
