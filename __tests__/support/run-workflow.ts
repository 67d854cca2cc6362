import jsonata from 'jsonata';
import type { Definition, Retrier, State, TaskState } from '../../workflows/states-language';

/** What a task answers in a test: a result, or a failure. */
export type Answer =
  { readonly result: unknown } | { readonly error: string; readonly cause: string | undefined };

export interface Outcome {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Names of the states, in the order entered. */
  readonly path: readonly string[];
  /** Arguments that each task was called with, in order. */
  readonly calls: readonly { readonly state: string; readonly arguments: unknown }[];
  /** When it ended, if only Wait states take time. */
  readonly end: Date;
}

/** Answers of a task state: used up in order, the last one again and again; or made from the call and its time. */
export type Answers = readonly Answer[] | ((call: unknown, now: Date) => Answer);

export interface Scenario {
  readonly input: unknown;
  /** Answers of each task state by name. */
  readonly answers?: Readonly<Record<string, Answers>>;
  /** Minutes that pass at every Wait; its own seconds when not given. */
  readonly minutesPerWait?: number;
  /** Name and start of the execution. */
  readonly execution?: { readonly name: string; readonly start: Date };
}

const FIRST = { name: 'run-1', start: new Date('2026-03-04T23:59:30.000Z') };

/** ARN of the execution `name`. */
export const executionArn = (name: string): string =>
  `arn:aws:states:us-east-1:123456789012:execution:m:${name}`;

const MAX_STATES = 500;

/** Errors that States.ALL does not match: "Error handling in Step Functions", developer guide. */
const BEYOND_ALL: readonly string[] = ['States.DataLimitExceeded', 'States.Runtime'];

function matches(patterns: readonly string[], error: string): boolean {
  return patterns.some(
    (pattern) => pattern === error || (pattern === 'States.ALL' && !BEYOND_ALL.includes(error)),
  );
}

async function sha256(text: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}

/** Walks a definition the way Step Functions does, with AWS's version of JSONata (2.0.6, the pin in package.json). */
class Walk {
  readonly path: string[] = [];
  readonly calls: { state: string; arguments: unknown }[] = [];
  private variables: Record<string, unknown> = {};
  private now: number;
  private readonly execution: Record<string, unknown>;
  private readonly used = new Map<string, number>();

  constructor(
    private readonly definition: Definition,
    private readonly scenario: Scenario,
  ) {
    const { name, start } = scenario.execution ?? FIRST;
    this.now = start.getTime();
    this.execution = { Id: executionArn(name), Name: name, RedriveCount: 0, StartTime: start.toISOString() };
  }

  async run(): Promise<Outcome> {
    let name = this.definition.StartAt;
    for (let count = 0; count < MAX_STATES; count += 1) {
      this.path.push(name);
      const state = this.definition.States[name];
      if (state === undefined) throw new Error(`No state ${name}`);
      if (state.Type === 'Succeed') return this.end('SUCCEEDED', await this.evaluate(state.Output ?? null));
      if (state.Type === 'Fail') {
        const [error, cause] = [await this.evaluate(state.Error), await this.evaluate(state.Cause)];
        return this.end('FAILED', undefined, String(error), String(cause));
      }
      name = await this.step(name, state);
    }
    throw new Error(
      `The workflow did not end within ${MAX_STATES} states: ${this.path.slice(-6).join(' → ')}`,
    );
  }

  private end(status: Outcome['status'], output: unknown, error?: string, cause?: string): Outcome {
    return { status, output, error, cause, path: this.path, calls: this.calls, end: new Date(this.now) };
  }

  private async step(name: string, state: Exclude<State, { Type: 'Succeed' | 'Fail' }>): Promise<string> {
    switch (state.Type) {
      case 'Pass':
        await this.assign(state.Assign);
        return state.Next;
      case 'Wait':
        this.now += 1000 * (await this.secondsOf(state.Seconds));
        return state.Next;
      case 'Choice':
        for (const choice of state.Choices) {
          if ((await this.evaluate(choice.Condition)) !== true) continue;
          await this.assign(choice.Assign);
          return choice.Next;
        }
        return state.Default;
      case 'Task':
        return this.task(name, state);
    }
  }

  private async task(name: string, state: TaskState): Promise<string> {
    const answer = await this.lastAnswer(name, state);
    if ('result' in answer) {
      await this.assign(state.Assign, { result: answer.result });
      return state.Next;
    }
    const catcher = state.Catch.find(({ ErrorEquals }) => matches(ErrorEquals, answer.error));
    if (catcher === undefined) throw new Error(`${name} does not catch ${answer.error}`);
    await this.assign(catcher.Assign, { errorOutput: { Error: answer.error, Cause: answer.cause } });
    return catcher.Next;
  }

  /** The result of the task, or the failure that it does not retry any more. */
  private async lastAnswer(name: string, { Arguments, Retry }: TaskState): Promise<Answer> {
    const retries = new Map<Retrier, number>();
    for (;;) {
      const given = await this.evaluate(Arguments);
      this.calls.push({ state: name, arguments: given });
      const answer = this.nextAnswer(name, given);
      if ('result' in answer) return answer;
      const retrier = Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, answer.error));
      const count = retrier && (retries.get(retrier) ?? 0);
      if (retrier === undefined || count === undefined || count >= retrier.MaxAttempts) return answer;
      retries.set(retrier, count + 1);
    }
  }

  private async secondsOf(seconds: unknown): Promise<number> {
    const { minutesPerWait } = this.scenario;
    return minutesPerWait === undefined ? Number(await this.evaluate(seconds)) : minutesPerWait * 60;
  }

  private nextAnswer(name: string, given: unknown): Answer {
    const answers = this.scenario.answers?.[name] ?? [];
    if (typeof answers === 'function') return answers(given, new Date(this.now));
    const index = this.used.get(name) ?? 0;
    this.used.set(name, index + 1);
    const answer = answers[Math.min(index, answers.length - 1)];
    if (answer === undefined) throw new Error(`The test has no answer for ${name}`);
    return answer;
  }

  private async assign(
    assignments: Readonly<Record<string, unknown>> = {},
    extra: object = {},
  ): Promise<void> {
    const assigned = (await this.evaluate(assignments, extra)) as Record<string, unknown>;
    this.variables = { ...this.variables, ...assigned };
  }

  private async evaluate(template: unknown, extra: object = {}): Promise<unknown> {
    if (Array.isArray(template)) return Promise.all(template.map((item) => this.evaluate(item, extra)));
    if (typeof template === 'object' && template !== null) {
      const entries = Object.entries(template).map(
        async ([key, value]) => [key, await this.evaluate(value, extra)] as const,
      );
      return Object.fromEntries(await Promise.all(entries));
    }
    if (typeof template !== 'string' || !template.startsWith('{%')) return template;
    const expression = jsonata(template.slice(2, -2).trim());
    expression.registerFunction('hash', sha256);
    expression.assign('eval', undefined); // which AWS does not have
    const states = {
      input: this.scenario.input,
      context: {
        Execution: this.execution,
        State: { EnteredTime: new Date(this.now).toISOString(), RetryCount: 0 },
      },
      ...extra,
    };
    const value: unknown = await expression.evaluate(null, { ...this.variables, states });
    if (value === undefined) throw new Error(`${template} is undefined: States.QueryEvaluationError`);
    return value;
  }
}

/** Runs `definition` to its end without AWS. */
export function runWorkflow(definition: Definition, scenario: Scenario): Promise<Outcome> {
  return new Walk(definition, scenario).run();
}
