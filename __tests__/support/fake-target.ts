import { Names } from '../../config/names';
import { parseSettings } from '../../config/settings';
import type { Target } from '../../tools/aws/target';

/** Inputs of commands as the tests read them. */
type Input = Readonly<Record<string, string | undefined>>;

/** What a client resolves with, or throws, by the name of the command. */
export type Answers = Readonly<Record<string, (input: Input) => unknown>>;

interface Fields extends Partial<Omit<Target, 'settings' | 'names' | 'client'>> {
  /** Of the environment. @default the defaults of all settings */
  readonly settings?: NodeJS.ProcessEnv;
  /** Filled with the name and first argument of each call. */
  readonly calls?: string[];
}

/** An error as the SDK throws it. */
export function awsError(name: string, httpStatusCode = 400, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** The answer of a command that AWS refuses with such an error. */
export const failing =
  (...error: Parameters<typeof awsError>) =>
  (): never => {
    throw awsError(...error);
  };

/** The stage dev in account 123456789012, whose clients answer without a network; a command without an answer fails. */
export function fakeTarget(
  answers: Answers = {},
  { settings = {}, calls = [], ...fields }: Fields = {},
): Target {
  const parsed = parseSettings(settings);
  const account = fields.account ?? '123456789012';
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    kind: 'local',
    account,
    region: parsed.region,
    stage: parsed.stage,
    settings: parsed,
    names: new Names(parsed, account),
    terraformEnv: {},
    description: 'a test',
    client: (Client) => {
      const client = new Client({
        region: parsed.region,
        credentials,
        retryMode: 'standard',
        maxAttempts: 1,
      });
      const send = async (command: { readonly input: Input }): Promise<unknown> => {
        const name = command.constructor.name;
        calls.push(`${name} ${String(Object.values(command.input)[0])}`);
        const answer = answers[name];
        if (answer === undefined) throw new Error(`The test has no answer to ${name}.`);
        return Promise.resolve(answer(command.input));
      };
      return Object.assign(client, { send });
    },
    ...fields,
  };
}
