import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { LOCAL_CREDENTIALS } from './client-environment';

/** The clients with which a task drives the click pipeline. */
export interface PipelineClients {
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
}

/** Clients of the emulator, whatever AWS_… variables say. */
export function localClients(endpoint: string, region: string): PipelineClients {
  const config = { endpoint, region, credentials: LOCAL_CREDENTIALS };
  return {
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
  };
}

const outputsSchema = z.object({
  ingestion_function_name: z.string(),
  state_machine_arn: z.string(),
  delivery_bucket: z.string(),
  output_bucket: z.string(),
  logs_bucket: z.string(),
  emr_application_id: z.string(),
});

/** The outputs of the clicklogger stack, named as in Terraform. */
export type PipelineOutputs = z.infer<typeof outputsSchema>;

/** Checks that the stack has all outputs that the tasks rely on. */
export function parseOutputs(outputs: unknown): PipelineOutputs {
  return outputsSchema.parse(outputs);
}
