import type { Catcher, Expression, Retrier } from './states-language';

/** JSONata as a value of a state. */
export const query = (expression: string): Expression => `{% ${expression} %}`;

/** Timeout of one attempt of an API call, in seconds. */
export const CALL_TIMEOUT_SECONDS = 60;

/** Retries `errors` five times in about a minute, with jitter. */
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

/** `States.ALL` does not include this error. */
const BEYOND_ALL = 'States.DataLimitExceeded';

/** Retries every error eight times in about four minutes, for read-only tasks. */
export function retryEverything(): Retrier[] {
  return [[BEYOND_ALL], ['States.ALL']].flatMap((errors) =>
    retry(errors).map((retrier) => ({ ...retrier, MaxAttempts: 8, MaxDelaySeconds: 60 })),
  );
}

/** `catcher` for every error, including errors that `States.ALL` does not include. */
export function catchEverything(catcher: Omit<Catcher, 'ErrorEquals'>): Catcher[] {
  return [[BEYOND_ALL], ['States.ALL']].map((ErrorEquals) => ({ ...catcher, ErrorEquals }));
}

/** Cause of an error, or its name: the cause of a timeout is empty. */
export const FAILED_BECAUSE =
  "($states.errorOutput.Cause != '' ? $states.errorOutput.Cause : $states.errorOutput.Error)";

/** Assigns the error to `$failure`; `doing` describes the failed operation. */
export function rememberFailure(doing: string): NonNullable<Catcher['Assign']> {
  return {
    failure: { error: query('$states.errorOutput.Error'), cause: query(`'${doing}: ' & ${FAILED_BECAUSE}`) },
  };
}

/** Assigns every error to `$failure`, and continues with `next`. */
export function catchAll(doing: string, next: string): Catcher[] {
  return [{ ErrorEquals: ['States.ALL'], Assign: rememberFailure(doing), Next: next }];
}

/**
 * Spark property with the region of the buckets for S3A, the connector of s3:// since EMR 7.10. Without it S3A of Hadoop uses
 * us-east-2 first.
 */
export function s3aRegion(region: string): string {
  return `spark.hadoop.fs.s3a.endpoint.region=${region}`;
}
