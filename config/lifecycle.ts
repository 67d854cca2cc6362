/** Days before the end of support from which a warning is shown: time for a change, its review and its test. */
const WARNING_DAYS = 120;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Last days of support as AWS published them on 2026-11-29. Functions and clusters continue to run after that day, without
 * patches; Lambda rejects new functions one month later, updates two months later. No date was found for emr-7.11.0 and 7.12.0.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 * @see https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-7130-release.html and the page of each other release
 */
const LAST_DAYS: Readonly<Record<string, string>> = {
  'nodejs22.x': '2027-04-30',
  'nodejs24.x': '2028-04-30',
  'emr-7.10.0': '2027-08-15',
  'emr-7.13.0': '2028-04-21',
  'emr-7.14.0': '2028-09-08',
};

/** Lambda runtimes that the bundles of the handlers support. */
export const LAMBDA_RUNTIMES = ['nodejs22.x', 'nodejs24.x'] as const;

/**
 * First version of the AWS provider that accepts a runtime. The provider validates runtimes, but not EMR releases.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/45024
 */
const FIRST_PROVIDERS: Readonly<Record<string, string>> = { 'nodejs24.x': '6.19.0' };

/** Error message when this version of the AWS provider does not accept the runtime. */
export function runtimeProblem(runtime: string, providerVersion: string): string | undefined {
  const first = FIRST_PROVIDERS[runtime];
  if (first === undefined || providerVersion.localeCompare(first, 'en', { numeric: true }) >= 0)
    return undefined;
  return (
    `LAMBDA_RUNTIME=${runtime}: version ${providerVersion} of the AWS provider does not support it; version ${first} or later is ` +
    'required. docs/decisions/0001-cdktf-and-the-way-out.md describes the upgrade to version 6.'
  );
}

/** One warning for each setting whose value AWS stops supporting soon, or no longer supports on `today`. */
export function lifecycleWarnings(
  { lambdaRuntime, emr }: { readonly lambdaRuntime: string; readonly emr: { readonly release: string } },
  today: Date,
): string[] {
  const used = [
    ['LAMBDA_RUNTIME', lambdaRuntime],
    ['EMR_RELEASE', emr.release],
  ] as const;
  return used.flatMap(([setting, value]) => {
    const lastDay = LAST_DAYS[value];
    if (lastDay === undefined) return [];
    const days = (Date.parse(lastDay) - Date.parse(today.toISOString().slice(0, 10))) / DAY_MS;
    if (days > WARNING_DAYS) return [];
    const when =
      days < 0 ? 'ended' : days === 0 ? 'ends today,' : `ends in ${days} ${days === 1 ? 'day' : 'days'},`;
    return [
      `${setting}=${value}: AWS support ${when} on ${lastDay}. Choose a later version (docs/settings.md).`,
    ];
  });
}
