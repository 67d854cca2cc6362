import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../setup/stamps.cjs';
import type { Target } from '../aws/target';
import type { Redaction } from './redaction';
import type { ScenarioResult } from './scenario';

/** One execution as the service remembers it. Times are milliseconds after its start. */
export interface RecordedExecution {
  readonly stateMachine: string;
  readonly status: string | undefined;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly milliseconds: number | undefined;
  readonly history: readonly RecordedEvent[];
}

/** An event of the history, as GetExecutionHistory gives it but for its time. */
export type RecordedEvent = Omit<HistoryEvent, 'timestamp'> & { readonly afterMs: number };

/** What a scenario's file holds. */
export interface RecordedScenario {
  readonly scenario: string;
  readonly findings: ScenarioResult['findings'];
  readonly executions: readonly RecordedExecution[];
}

/** Writes what was seen, with placeholders for ids, into one folder. */
export class Recording {
  constructor(
    readonly folder: string,
    private readonly redaction: Redaction,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  write(name: string, content: unknown): void {
    const text = this.redaction.redact(JSON.stringify(content, undefined, 2));
    writeWhole(join(this.folder, `${name}.json`), `${text}\n`);
  }

  /** Writes a scenario with the whole history of each of its executions. */
  async writeScenario(target: Target, { scenario, findings, executions }: ScenarioResult): Promise<void> {
    const sfn = target.client(SFNClient);
    const recorded = await Promise.all(executions.map((arn) => recordExecution(sfn, arn)));
    this.write(scenario.name, {
      scenario: scenario.name,
      findings,
      executions: recorded,
    } satisfies RecordedScenario);
  }
}

async function recordExecution(sfn: SFNClient, executionArn: string): Promise<RecordedExecution> {
  const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const began = found.startDate?.getTime() ?? 0;
  const history: RecordedEvent[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory(
    { client: sfn },
    { executionArn, includeExecutionData: true },
  ))
    history.push(
      ...events.map(({ timestamp, ...event }) => ({
        ...event,
        afterMs: (timestamp?.getTime() ?? began) - began,
      })),
    );
  const { status, input, output, error, cause, stopDate } = found;
  const stateMachine = found.stateMachineArn?.split(':').at(-1) ?? '';
  const milliseconds = stopDate && stopDate.getTime() - began;
  return { stateMachine, status, input, output, error, cause, milliseconds, history };
}
