/** Tag with which both workflows mark what they start. */
export const EXECUTION_TAG = 'execution';

/** How far our clocks may differ from those of EMR and EMR Serverless: what an execution starts may seem older than it. */
export const CLOCK_MARGIN_MS = 60_000;

/** The last part of the execution's ARN. */
export function executionName(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(':') + 1);
}

/** Runs of what tag values of EMR Serverless, the strictest of our services, refuse: TagValue, API reference. */
const REFUSED = '[^A-Za-z0-9 _.:/=+@-]+';

/**
 * The tag's value for an execution: its ARN, with `_` for what tags refuse. Names of executions may hold more than tags
 * do, such as ! ' ( ) and letters of any script (StartExecution, API reference), so that two executions can share a value.
 */
export function executionTag(executionArn: string): string {
  return executionArn.replaceAll(new RegExp(REFUSED, 'g'), '_');
}

/** The same in JSONata, for the execution itself. */
export const EXECUTION_TAG_QUERY = `$replace($states.context.Execution.Id, /${REFUSED.replaceAll('/', '\\/')}/, '_')`;

/**
 * ARN of the execution that has started something; undefined when the tag is missing: then none has.
 *
 * @param name name of the execution, which the workflows put into the name of what they start: it takes all characters
 */
export function executionOf(tag: string | undefined, name: string): string | undefined {
  if (tag === undefined) return undefined;
  const executionArn = tag.slice(0, tag.lastIndexOf(':') + 1) + name;
  return executionTag(executionArn) === tag ? executionArn : tag;
}
