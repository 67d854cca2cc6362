import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { sampleClicks } from '../../schemas/click';
import { CLICK_PREFIX } from '../../stacks/clicklogger-permissions';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import type { Definition } from '../../workflows/states-language';
import { listObjects } from '../aws/s3-objects';
import { localTarget, type Target } from '../aws/target';
import { buildSteps } from '../build/build';
import { TaskError } from '../cli/errors';
import { EMULATOR_STATE } from '../cli/paths';
import type { Progress } from '../cli/progress';
import { uploadExport } from '../covid-data/covid-upload';
import { deployLocally } from '../deploy/local-deployment';
import { ensureLocalAws } from '../local-aws/local-aws';
import { sendClicks, today, waitForDelivery } from '../runs/click-delivery';
import { generatedExport, PIPELINES, type PipelineName } from '../runs/pipeline-inputs';
import { describeStage, FIXED_SETTINGS, type VerifiedStage } from '../verify/stage';

/** Waits of an execution are shorter by this factor; waits of functions are not. */
const CLOCK_FACTOR = 100;

/** Both pipelines with clicks and hospital data on a local AWS with fault injection. */
export interface FaultStage extends VerifiedStage {
  readonly machines: Readonly<Record<PipelineName, string>>;
  readonly definitions: Readonly<Record<PipelineName, Definition>>;
  /** Contents of the buckets before the first fault. */
  readonly stored: string;
}

/** Builds, starts a separate local AWS, deploys and sends data. */
export async function openFaultStage(progress: Progress): Promise<FaultStage> {
  await progress.steps(buildSteps(), 2);
  const aws = await progress.step('Start a local AWS with fault injection', () =>
    ensureLocalAws({ clockFactor: CLOCK_FACTOR, faults: true }),
  );
  const target = localTarget(aws, { stage: 'faults', settings: FIXED_SETTINGS });
  const stage = describeStage(target, await deployLocally(target, PIPELINES, progress));
  await stopSweeps(target);
  await progress.step('Send clicks and hospital data', () => sendData(stage));
  const machines = { clicklogger: stage.clicks.state_machine_arn, covid: stage.covid.state_machine_arn };
  const [clicklogger, covid] = await Promise.all(
    PIPELINES.map((name) => definitionOf(target, machines[name])),
  );
  if (clicklogger === undefined || covid === undefined) throw new TaskError('A workflow has no definition.');
  return { ...stage, machines, definitions: { clicklogger, covid }, stored: await storedIn(stage) };
}

async function sendData({ target, clicks, covid }: VerifiedStage): Promise<void> {
  const { accepted } = await sendClicks(target, clicks.ingestion_function_name, sampleClicks());
  if (accepted !== sampleClicks().length) throw new TaskError(`Only ${accepted} clicks were accepted.`);
  await waitForDelivery(target, clicks.delivery_bucket, today(), new Set());
  await uploadExport(target.client(S3), covid.data_bucket, await generatedExport());
}

/** With this clock the sweeps would hide missing events, because they run every few seconds. */
async function stopSweeps({ client, names }: Target): Promise<void> {
  for (const purpose of ['sweep', 'covid-sweep'])
    await client(EventBridge).disableRule({ Name: names.plain(purpose) });
}

async function definitionOf({ client }: Target, stateMachineArn: string): Promise<Definition> {
  const machine = await client(SFN).describeStateMachine({ stateMachineArn });
  return JSON.parse(machine.definition ?? '{}') as Definition;
}

/** Keys and sizes of all clicks and all hospital data. */
export async function storedIn({ target, clicks, covid }: VerifiedStage): Promise<string> {
  const s3 = target.client(S3);
  const objects = await Promise.all([
    listObjects(s3, { Bucket: clicks.delivery_bucket, Prefix: CLICK_PREFIX }),
    listObjects(s3, { Bucket: covid.data_bucket, Prefix: COVID_PREFIXES.raw }),
  ]);
  return objects
    .flat()
    .map(({ Key, Size }) => `${Key} ${Size}`)
    .join('\n');
}

/** Injects faults into the execution with this name, which must not be started yet. */
export function order(executionName: string, orders: object): void {
  writeFileSync(join(EMULATOR_STATE, 'faults', `${executionName}.json`), JSON.stringify(orders));
}
