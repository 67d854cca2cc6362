import './config/without-source-maps';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import { loadSettings } from './config/dot-env';
import { jobFiles } from './config/job-files';
import { lifecycleWarnings } from './config/lifecycle';
import { ClickloggerStack } from './stacks/clicklogger-stack';
import { CovidStack } from './stacks/covid-stack';

/** Checksums of the provider; Terraform reads them from its working directory. */
const LOCK_FILE = '.terraform.lock.hcl';

/** Writes the Terraform of every stack to cdktf.out, or to CDKTF_OUTDIR, which the CDKTF command sets. */
export function writeStacks(projectFolder = __dirname): void {
  const settings = loadSettings(projectFolder);
  for (const warning of lifecycleWarnings(settings, new Date())) console.error(warning);
  const app = new App();
  const clicklogger = new ClickloggerStack(app, 'clicklogger', {
    settings,
    projectFolder,
    artifacts: {
      ingestionZip: join(projectFolder, 'dist/handlers/ingestion.zip'),
      jobStatusZip: join(projectFolder, 'dist/handlers/job-status.zip'),
      reaperZip: join(projectFolder, 'dist/handlers/reaper.zip'),
      notifierZip: join(projectFolder, 'dist/handlers/job-run-notifier.zip'),
      loggregatorJar: join(projectFolder, 'spark-jobs/loggregator/target/loggregator.jar'),
    },
  });
  const covid = new CovidStack(app, 'covid', {
    settings,
    projectFolder,
    artifacts: {
      reaperZip: join(projectFolder, 'dist/handlers/reaper.zip'),
      notifierZip: join(projectFolder, 'dist/handlers/cluster-notifier.zip'),
      failureZip: join(projectFolder, 'dist/handlers/cluster-failure.zip'),
    },
    jobFiles: (name) => jobFiles(projectFolder, name),
  });
  app.synth();
  for (const { node } of [clicklogger, covid])
    copyFileSync(join(projectFolder, LOCK_FILE), join(app.outdir, 'stacks', node.id, LOCK_FILE));
}

/** Runs {@link writeStacks}; an invalid setting or a missing file gives a message and exit code 1. */
function main(): void {
  try {
    writeStacks();
  } catch (error) {
    // Only unexpected errors show their stack trace.
    const expected =
      error instanceof Error && ['SettingsError', 'NameError', 'LocalFileError'].includes(error.name);
    console.error(expected ? error.message : error);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
