import { TaskError } from '../cli/errors';
import { type ClickTally, findTally } from '../runs/click-report';
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
import { type Section, sectionOf, sectionsOf, valueOf } from './section';

export interface Status {
  readonly at: Date;
  /** The stacks of all stages. */
  readonly deployed: Section<readonly DeployedStack[]>;
  /** Undefined when the stage is not deployed. */
  readonly running: Running | undefined;
}

export interface Running {
  readonly application: Section<Application | undefined>;
  readonly executions: Section<readonly RecentExecution[]>;
  /** The full description of the newest execution of each pipeline, if it has failed. */
  readonly failures: Section<readonly string[]>;
  readonly compute: Section<readonly ObservedCompute[]>;
  readonly clusters: Section<readonly RecentWork[]>;
  readonly startingPoints: Section<readonly StartingPoint[]>;
  readonly errors: Section<readonly ErrorObjects[]>;
  /** Counts of the newest click report; undefined when the job has rejected no click. */
  readonly rejectedClicks: Section<ClickTally | undefined>;
  readonly standing: Section<readonly StandingCost[]>;
}

/** Counting the objects of buckets takes long, and deployments change rarely. */
const STANDING_MS = 60_000;

/** Collects the status of a stage repeatedly, and caches the parts that do not change. */
export class StatusCollector {
  private readonly explained = new Map<string, string>();
  private readonly tallies = new Map<string, ClickTally | undefined>();
  private standing: { readonly at: number; readonly costs: readonly StandingCost[] } | undefined;

  constructor(private readonly target: Target) {}

  async collect(now: Date): Promise<Status> {
    const deployed = await sectionOf(findDeployed(this.target));
    const own = valueOf(deployed)?.filter(({ stage }) => stage === this.target.stage);
    return {
      at: now,
      deployed,
      running: own?.length === 0 ? undefined : await this.collectRunning(own, now),
    };
  }

  private async collectRunning(own: readonly DeployedStack[] | undefined, now: Date): Promise<Running> {
    const { target } = this;
    const listed = recentExecutions(target);
    return sectionsOf({
      application: describeApplication(target),
      executions: listed,
      failures: listed.then((list) => this.explain(list)),
      compute: findLiveCompute(target, now),
      clusters: recentClusters(target),
      startingPoints: findStartingPoints(target, now),
      errors: findErrorObjects(target),
      rejectedClicks: listed.then((list) => this.rejectedClicks(list)),
      standing: this.standingCosts(own, now),
    });
  }

  private async standingCosts(
    own: readonly DeployedStack[] | undefined,
    now: Date,
  ): Promise<readonly StandingCost[]> {
    if (own === undefined) throw new TaskError('the Terraform states could not be read');
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

  private async rejectedClicks(executions: readonly RecentExecution[]): Promise<ClickTally | undefined> {
    const newest = executions.find(
      ({ pipeline, status }) => pipeline === 'clicklogger' && status === 'SUCCEEDED',
    );
    if (newest === undefined) return undefined;
    const { executionArn } = newest;
    if (!this.tallies.has(executionArn))
      this.tallies.set(executionArn, await findTally(this.target, executionArn));
    const tally = this.tallies.get(executionArn);
    return tally === undefined || tally.rejected === 0 ? undefined : tally;
  }
}
