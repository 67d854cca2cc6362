import { DescribeStateMachineCommand, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import { LOCAL_SYNTH } from './checkout';
import {
  deliveredKeys,
  describeRejections,
  sendClicks,
  waitForDelivery,
  type Ingestion,
} from './click-delivery';
import { emulatorLog } from './emulator-process';
import { followRun, startRun, type RunResult } from './execution';
import { TaskError } from './failure';
import type { LocalAws } from './local-aws';
import { appliedOutputs, applyStack } from './local-stack';
import { localClients, parseOutputs, type PipelineClients, type PipelineOutputs } from './pipeline-clients';
import type { Progress } from './progress';
import { readReport } from './report';
import { synthesize } from './synthesis';

/** The name of the stack in main.ts. */
const STACK = 'clicklogger';

/** A deployed click pipeline and the clients to drive it with. */
export interface Pipeline {
  readonly clients: PipelineClients;
  readonly outputs: PipelineOutputs;
}

/** What a run of the pipeline has found out. */
export interface PipelineRun {
  readonly ingestion: Ingestion;
  /** URI of the Parquet file that Firehose wrote. */
  readonly deliveredFile: string;
  readonly result: RunResult;
  /** The report as Markdown; undefined when the workflow made none. */
  readonly report: string | undefined;
}

/** Synthesizes and applies the stack to the local AWS; what is applied already is left as it is. */
export async function deployLocally(aws: LocalAws, progress: Progress): Promise<Pipeline> {
  const stack = await progress.step('Synthesize the stacks', async () => {
    const stacks = await synthesize(LOCAL_SYNTH, aws.env);
    const found = stacks.find(({ name }) => name === STACK);
    if (found === undefined) throw new TaskError(`main.ts makes no stack "${STACK}".`);
    return found;
  });
  const clients = localClients(aws.instance.endpoint, aws.region);
  return progress.step(`Deploy the ${STACK} stack`, async (telling) => {
    const applied = appliedOutputs(stack);
    if (applied !== undefined && (await exists(clients, applied))) {
      telling.conclude(`Deploy the ${STACK} stack: unchanged`);
      return { clients, outputs: parseOutputs(applied) };
    }
    return { clients, outputs: parseOutputs(await applyStack(stack, aws.env, telling)) };
  });
}

/** An emulator that was killed may have lost what Terraform believes to be there. */
async function exists({ sfn }: PipelineClients, outputs: unknown): Promise<boolean> {
  const { state_machine_arn: stateMachineArn } = parseOutputs(outputs);
  try {
    await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return true;
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return false;
    throw error;
  }
}

/** Sends clicks, waits for their file, runs the workflow for today and reads its report. */
export async function runPipeline(
  { clients, outputs }: Pipeline,
  clicks: readonly unknown[],
  progress: Progress,
): Promise<PipelineRun> {
  const day = new Date().toISOString().slice(0, 10);
  const bucket = outputs.delivery_bucket;
  const before = await deliveredKeys(clients.s3, bucket, day);
  const ingestion = await progress.step(`Send ${clicks.length} clicks`, async ({ conclude }) => {
    const reply = await sendClicks(clients.lambda, outputs.ingestion_function_name, clicks);
    conclude(
      `Send ${clicks.length} clicks: ${reply.accepted} accepted by ${outputs.ingestion_function_name}`,
    );
    return reply;
  });
  if (ingestion.accepted === 0)
    throw new TaskError(`No click was accepted.\n${describeRejections(ingestion)}`);
  const deliveredFile = await progress.step('Wait for the Parquet file', async ({ conclude }) => {
    const uri = `s3://${bucket}/${await waitForDelivery(clients.s3, bucket, day, before)}`;
    conclude(`Wait for the Parquet file: ${uri}`);
    return uri;
  });
  const result = await progress.step(`Run the workflow for ${day}`, async ({ say }) => {
    const execution = await startRun(clients.sfn, outputs.state_machine_arn, day);
    return followRun(clients.sfn, execution, ({ name }) => {
      say(name);
    }).catch((error: unknown) => {
      throw withLogs(error, outputs);
    });
  });
  const report = result.report === undefined ? undefined : await readReport(clients.s3, result.report);
  return { ingestion, deliveredFile, result, report };
}

function withLogs(error: unknown, outputs: PipelineOutputs): unknown {
  if (!(error instanceof TaskError)) return error;
  return new TaskError(
    `${error.message}\n  logs of the Spark job: s3://${outputs.logs_bucket}/applications/${outputs.emr_application_id}/jobs/` +
      `\n  log of the local AWS:  ${emulatorLog()}`,
  );
}
