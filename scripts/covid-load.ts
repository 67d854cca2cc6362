import { S3 } from '@aws-sdk/client-s3';
import { print } from '../tools/cli/output';
import { placeOptions } from '../config/task-command';
import { openDeployed } from '../tools/aws/target';
import { checkExport, type CovidExport } from '../tools/covid-data/covid-export';
import { describeExport, describeLoad, toJson, type Load } from '../tools/covid-data/covid-load-summary';
import { chooseSource } from '../tools/covid-data/covid-source';
import { covidDataBucket, listRaw, uploadExport } from '../tools/covid-data/covid-upload';
import { confirm } from '../tools/cli/confirmation';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

interface Place {
  readonly local: boolean;
  readonly stage: string | undefined;
}

async function load(
  checked: CovidExport,
  options: Place & { readonly replace: boolean },
  progress: Progress,
): Promise<Load> {
  const { target, bucket } = await progress.step('Find the bucket', async ({ setTitle }) => {
    const found = await openDeployed(options);
    const name = await covidDataBucket(found);
    setTitle(`Find the bucket: ${name}, ${found.description}`);
    return { target: found, bucket: name };
  });
  const s3 = target.client(S3);
  const before = await listRaw(s3, bucket);
  const { replace, stage, local } = options;
  const taskOptions = placeOptions(stage, local ? 'local' : 'aws');
  const uri = await progress.step('Upload', ({ update }) =>
    uploadExport(s3, bucket, checked, {
      replace,
      taskOptions,
      onProgress: (done) => {
        update(`${Math.floor((100 * done) / checked.bytes)} % of ${(checked.bytes / 1e6).toFixed(1)} MB`);
      },
    }),
  );
  return { uri, replace, taskOptions, startsWorkflow: target.settings.covid.onUpload, before };
}

void runTask({
  name: 'covid:load',
  summary: `Checks a CSV file with hospital data (an export of healthdata.gov), renames it by its content and uploads it to
raw/, where the covid pipeline reads all files. Without FILE, the task shows where to download one.`,
  positionals: true,
  options: {
    sample: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    replace: { type: 'boolean', default: false },
    local: { type: 'boolean', default: false },
    stage: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  optionHelp: {
    '[FILE]': 'the CSV file to load',
    '--sample': 'load generated data: 50 states, 24 months, marked as generated',
    '--dry-run': 'check only, upload nothing',
    '--replace': 'delete all other files in raw/ (recoverable for 30 days)',
    '--local': 'load into the running local AWS of this checkout',
    '--stage NAME': 'the stage to load into (default: STAGE)',
    '--json': 'print the result as JSON; other output goes to standard error',
  },
  run: async ({ values, positionals }) => {
    const { sample, local, stage, replace, json } = values;
    const interactive = process.stdin.isTTY && process.stdout.isTTY && !json;
    const file = await chooseSource({
      files: positionals,
      sample,
      confirm: interactive ? confirm : undefined,
    });
    const progress = new Progress({ onStderr: json });
    const checked = await progress.step(`Check ${file}`, () => checkExport(file));
    if (!json) print(`\n${describeExport(checked)}\n`);
    const loaded = values['dry-run'] ? undefined : await load(checked, { local, stage, replace }, progress);
    print(json ? toJson(checked, loaded) : `\n${describeLoad(checked, loaded)}\n`);
    return 0;
  },
});
