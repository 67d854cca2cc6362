import { EMRClient } from '@aws-sdk/client-emr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { LOCAL_CREDENTIALS } from '../local-aws/client-environment';

/** The clients with which a task drives a pipeline. */
export interface PipelineClients {
  readonly emr: EMRClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
}

/** Clients of the emulator, whatever AWS_… variables say. */
export function localClients(endpoint: string, region: string): PipelineClients {
  const config = { endpoint, region, credentials: LOCAL_CREDENTIALS };
  return {
    emr: new EMRClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
  };
}
