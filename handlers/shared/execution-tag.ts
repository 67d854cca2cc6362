/** Tag of job runs and clusters with the execution that started them. */
export const EXECUTION_TAG = 'execution';

/** Maximum clock difference: the compute of an execution may have an earlier creation time than the execution. */
export const CLOCK_MARGIN_MS = 60_000;

/** The last part of the ARN of the execution. */
export function executionName(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(':') + 1);
}

/** Characters that EMR Serverless, the most restrictive service, does not allow: TagValue, API reference. */
const NOT_ALLOWED = '[^A-Za-z0-9 _.:/=+@-]+';

/**
 * Tag value of an execution: its ARN with `_` for characters that are not allowed. Execution names allow more characters, such as
 * ! ' ( ) and letters of any script (StartExecution, API reference), so two executions can have the same value.
 */
export function executionTag(executionArn: string): string {
  return executionArn.replaceAll(new RegExp(NOT_ALLOWED, 'g'), '_');
}

/** {@link executionTag} of the current execution in JSONata. */
export const EXECUTION_TAG_QUERY = `$replace($states.context.Execution.Id, /${NOT_ALLOWED.replaceAll('/', '\\/')}/, '_')`;

/**
 * ARN of the execution that started compute; undefined without a tag.
 *
 * @param name name of the execution in the name of the compute, which allows all characters
 */
export function executionOf(tag: string | undefined, name: string): string | undefined {
  if (tag === undefined) return undefined;
  const executionArn = tag.slice(0, tag.lastIndexOf(':') + 1) + name;
  return executionTag(executionArn) === tag ? executionArn : tag;
}
