import type { Catcher, Expression, Retrier } from './states-language';

/** JSONata as a value of a state. */
export const query = (expression: string): Expression => `{% ${expression} %}`;

/** Longest time that one plain API call may take, its own retries apart, in seconds. */
export const CALL_TIMEOUT_SECONDS = 60;

/** Retries `errors` five times over about a minute, at random moments so that executions do not retry together. */
export function retry(errors: readonly string[]): Retrier[] {
  return [
    {
      ErrorEquals: errors,
      IntervalSeconds: 2,
      MaxAttempts: 5,
      BackoffRate: 2,
      MaxDelaySeconds: 30,
      JitterStrategy: 'FULL',
    },
  ];
}

/** What `States.ALL` leaves out, although a state may name it. */
const BEYOND_ALL = 'States.DataLimitExceeded';

/**
 * Retries every error eight times over about four minutes: for a task that only reads, so that neither a crash of its
 * Lambda nor an outage counts as a failure of what it reads.
 */
export function retryEverything(): Retrier[] {
  return [[BEYOND_ALL], ['States.ALL']].flatMap((errors) =>
    retry(errors).map((retrier) => ({ ...retrier, MaxAttempts: 8, MaxDelaySeconds: 60 })),
  );
}

/** `catcher` for every error, also for what `States.ALL` leaves out. */
export function catchEverything(catcher: Omit<Catcher, 'ErrorEquals'>): Catcher[] {
  return [[BEYOND_ALL], ['States.ALL']].map((ErrorEquals) => ({ ...catcher, ErrorEquals }));
}

/** What has failed: the cause of a time-out is empty, and its name says all. */
export const FAILED_BECAUSE =
  "($states.errorOutput.Cause != '' ? $states.errorOutput.Cause : $states.errorOutput.Error)";

/** Remembers a failure as `$failure`, with what was being done. */
export function rememberFailure(doing: string): NonNullable<Catcher['Assign']> {
  return {
    failure: { error: query('$states.errorOutput.Error'), cause: query(`'${doing}: ' & ${FAILED_BECAUSE}`) },
  };
}

/** Remembers any failure, and continues at `next`. */
export function catchAll(doing: string, next: string): Catcher[] {
  return [{ ErrorEquals: ['States.ALL'], Assign: rememberFailure(doing), Next: next }];
}

/**
 * Spark's setting that gives S3A, the connector behind s3:// since EMR 7.10, the region of the buckets. Without it Hadoop's own
 * S3A falls back to us-east-2 and asks there first.
 */
export function s3aRegion(region: string): string {
  return `spark.hadoop.fs.s3a.endpoint.region=${region}`;
}
