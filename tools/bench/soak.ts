import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { sampleClicks } from '../../schemas/click';
import { executionEnd } from '../aws/executions';
import { localTarget } from '../aws/target';
import { TaskError } from '../cli/errors';
import { print } from '../cli/output';
import { Progress } from '../cli/progress';
import { runTask } from '../cli/task';
import { uploadExport } from '../covid-data/covid-upload';
import { deployLocally } from '../deploy/local-deployment';
import { ensureLocalAws } from '../local-aws/local-aws';
import { sendClicks, today } from '../runs/click-delivery';
import { findTally } from '../runs/click-report';
import { startRun } from '../runs/execution';
import { generatedExport, PIPELINES } from '../runs/pipeline-inputs';
import { describeStage, FIXED_SETTINGS, type VerifiedStage } from '../verify/stage';

const CLICKS_A_SECOND = 50;
const MINUTE_MS = 60_000;
const MAX_RUN_MS = 30 * MINUTE_MS;
/** Longer than the buffer time of Firehose on the local AWS. */
const DELIVERY_MS = 30_000;

/** Memory and open files of a process (Linux). */
function usageOf(pid: number): { readonly mebibytes: number; readonly files: number } {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { mebibytes: Math.round(Number(kibibytes) / 1024), files: readdirSync(`/proc/${pid}/fd`).length };
}

/** Sends clicks each second until `end`. Resolves with the number of accepted clicks. */
async function keepSending({ target, clicks }: VerifiedStage, end: number): Promise<number> {
  const samples = sampleClicks();
  const batch = Array.from({ length: CLICKS_A_SECOND }, (_, index) => samples[index % samples.length]);
  let accepted = 0;
  for (let next = Date.now(); next < end; next += 1000) {
    await sleep(Math.max(0, next - Date.now()));
    accepted += (await sendClicks(target, clicks.ingestion_function_name, batch)).accepted;
  }
  return accepted;
}

/** Starts both workflows each minute until `end`. Resolves with their executions. */
async function keepRunning({ target, clicks, covid }: VerifiedStage, end: number): Promise<string[]> {
  const executions: string[] = [];
  for (let next = Date.now(); next < end; next += MINUTE_MS) {
    await sleep(Math.max(0, next - Date.now()));
    executions.push(await startRun(target, clicks.state_machine_arn, { InputDate: today() }));
    executions.push(await startRun(target, covid.state_machine_arn, {}));
  }
  return executions;
}

async function measure(minutes: number): Promise<object> {
  const progress = new Progress({ onStderr: true });
  const aws = await ensureLocalAws();
  const target = localTarget(aws, { stage: 'soak', settings: FIXED_SETTINGS });
  const stage = describeStage(target, await deployLocally(target, PIPELINES, progress));
  await uploadExport(target.client(S3), stage.covid.data_bucket, await generatedExport());
  const samples = [usageOf(aws.instance.pid)];
  const sampling = setInterval(() => {
    const sample = usageOf(aws.instance.pid);
    samples.push(sample);
    print(
      `soak: minute ${samples.length - 1} of ${minutes}: ${sample.mebibytes} MiB, ${sample.files} files\n`,
    );
  }, MINUTE_MS);
  const end = Date.now() + minutes * MINUTE_MS;
  const [accepted, executions] = await Promise.all([keepSending(stage, end), keepRunning(stage, end)]);
  clearInterval(sampling);
  const ended = await Promise.all(executions.map((execution) => executionEnd(target, execution, MAX_RUN_MS)));
  await sleep(DELIVERY_MS);
  const last = await startRun(target, stage.clicks.state_machine_arn, { InputDate: 'ALL' });
  const all = [...ended, await executionEnd(target, last, MAX_RUN_MS)];
  const failed = all.filter(({ status }) => status !== 'SUCCEEDED').length;
  const tally = await findTally(target, last);
  if (tally?.counted !== accepted || failed > 0)
    throw new TaskError(
      `${accepted} clicks were accepted, ${tally?.counted ?? 0} counted; ${failed} executions failed.`,
    );
  const [first, ...later] = samples;
  return {
    executions: executions.length + 1,
    clicksAccepted: accepted,
    clicksCounted: tally.counted,
    firstMiB: first?.mebibytes,
    halfwayMiB: later[Math.floor(later.length / 2)]?.mebibytes,
    lastMiB: later.at(-1)?.mebibytes,
    firstFiles: first?.files,
    lastFiles: later.at(-1)?.files,
  };
}

void runTask({
  name: 'bench -- soak',
  summary: 'Runs both pipelines each minute on a separate local AWS.',
  positionals: true,
  options: {},
  optionHelp: { '[MINUTES]': 'duration (default: 30)' },
  run: async ({ positionals: [minutes = '30'] }) => {
    print(`${JSON.stringify(await measure(Number(minutes)))}\n`);
    return 0;
  },
});
