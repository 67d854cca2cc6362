import { errorMessage } from '../../cli/errors';
import type { Lane, Step } from '../../cli/progress';
import type { Bench, PermissionScenario } from './bench';
import { type Decisions, isDenied, usesPermission } from './decisions';
import { describePermission, type Permission, type RolePolicies } from './role-policies';
import type { Trial } from './table';

/** Time limit of waits with all permissions. */
const BASE_LIMIT_MS = 5 * 60_000;
/** Time limit of waits without a permission: three times the duration of the scenario, plus a margin. */
const limitFor = (milliseconds: number): number => 5_000 + 3 * milliseconds;

/** A pipeline, its scenarios and the permissions of its roles. */
export interface PipelineUnderTest {
  readonly title: string;
  readonly bench: Bench;
  readonly scenarios: readonly PermissionScenario[];
  readonly permissions: readonly Permission[];
  /** Ends executions and compute of a failed scenario. */
  readonly settle: (bench: Bench) => Promise<void>;
}

/** A scenario that uses a permission, and its duration. */
interface Candidate {
  readonly scenario: PermissionScenario;
  readonly milliseconds: number;
}

/** Runs every scenario with all permissions, and then, for each permission, the scenarios that use it without it. */
export class Trials {
  private readonly candidates = new Map<string, Candidate[]>();
  private readonly trials: Trial[] = [];

  constructor(
    private readonly policies: Pick<RolePolicies, 'without'>,
    private readonly decisions: Pick<Decisions, 'since'>,
  ) {}

  /** Every scenario once; all must succeed. The decisions contain the permissions that they use. */
  baseLane({ title, bench, scenarios, permissions }: PipelineUnderTest): Lane {
    const stepOf = (scenario: PermissionScenario): Step => ({
      title: scenario.name,
      run: async () => {
        const began = Date.now();
        bench.limitMs = BASE_LIMIT_MS;
        await scenario.run(bench);
        const candidate = { scenario, milliseconds: Date.now() - began };
        const asked = this.decisions.since(began);
        for (const permission of permissions)
          if (
            asked.some((decision) => usesPermission(permission, this.roleName(bench, permission), decision))
          )
            this.candidatesFor(permission).push(candidate);
      },
    });
    return { title, steps: scenarios.map(stepOf) };
  }

  /** A step for each permission, after the base lane. */
  removalLane({ title, bench, permissions, settle }: PipelineUnderTest): Lane {
    const stepOf = (permission: Permission): Step => ({
      title: describePermission(permission),
      run: async ({ setTitle }) => {
        const trial = await this.tryWithout(bench, permission);
        if (trial.neededBy !== undefined || trial.problem !== undefined) await settle(bench);
        this.trials.push(trial);
        setTitle(`${describePermission(permission)}: ${trial.neededBy ?? 'not needed'}`);
      },
    });
    return { title, steps: permissions.map(stepOf) };
  }

  results(): readonly Trial[] {
    return this.trials;
  }

  /** Runs the scenarios that use the permission without it, the fastest first, until one fails. */
  private async tryWithout(bench: Bench, permission: Permission): Promise<Trial> {
    const name = this.roleName(bench, permission);
    const survived: string[] = [];
    for (const { scenario, milliseconds } of this.quickestFirst(permission)) {
      const began = Date.now();
      bench.limitMs = limitFor(milliseconds);
      try {
        await this.policies.without(permission, () => scenario.run(bench));
        survived.push(scenario.name);
      } catch (error) {
        if (this.decisions.since(began).some((decision) => isDenied(permission, name, decision)))
          return { ...permission, neededBy: scenario.name, survived };
        const problem = `"${scenario.name}" failed, but no request was denied: ${errorMessage(error)}`;
        return { ...permission, problem, survived };
      }
    }
    return { ...permission, survived };
  }

  private candidatesFor(permission: Permission): Candidate[] {
    const key = describePermission(permission);
    const found = this.candidates.get(key) ?? [];
    this.candidates.set(key, found);
    return found;
  }

  private quickestFirst(permission: Permission): Candidate[] {
    return this.candidatesFor(permission).sort((a, b) => a.milliseconds - b.milliseconds);
  }

  private roleName(bench: Bench, { role }: Permission): string {
    return bench.target.names.role(role);
  }
}
