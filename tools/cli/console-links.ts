/** Addresses in the AWS console. */
export interface ConsoleLinks {
  /** Of an execution of Step Functions, from its ARN. */
  readonly execution: (executionArn: string) => string;
  /** Of an object in S3, from its s3:// URI. */
  readonly object: (uri: string) => string;
}

/** Links into the console of a region; each partition of AWS has a console of its own. */
export function consoleLinks(region: string): ConsoleLinks {
  const host = consoleHost(region);
  return {
    execution: (executionArn) =>
      `https://${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`,
    object: (uri) => {
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
      return `https://${host}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`;
    },
  };
}

function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}
