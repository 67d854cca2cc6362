export interface ConsoleLinks {
  readonly execution: (executionArn: string) => string;
  /** The URL of an S3 object by its s3:// URI. */
  readonly object: (uri: string) => string;
}

/** URLs of the console of a region; each partition of AWS has a separate console. */
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
