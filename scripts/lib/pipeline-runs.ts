import { ClickPipeline, type ClickRun } from './click-pipeline';
import { CovidPipeline, type CovidRun } from './covid-pipeline';
import type { PipelineClients } from './pipeline-clients';
import type { PipelineInputs, PipelineName } from './pipeline-inputs';
import type { Progress } from './progress';
import { summarizeClicks, summarizeCovid } from './run-summary';

/** What the pipelines that ran have found out. */
export interface PipelineRuns {
  readonly clicklogger?: ClickRun;
  readonly covid?: CovidRun;
}

/**
 * Runs the chosen pipelines side by side; rejects with the first failure, when all have ended. `alone`: the hospital
 * data take the place of all that was loaded before.
 */
export async function runPipelines(
  clients: PipelineClients,
  outputs: Readonly<Partial<Record<PipelineName, unknown>>>,
  { clicks, data }: PipelineInputs,
  progress: Progress,
  { alone }: { readonly alone: boolean },
): Promise<PipelineRuns> {
  const clicklogger = clicks && new ClickPipeline(clients, outputs.clicklogger, clicks);
  const covid = data && new CovidPipeline(clients, outputs.covid, data, alone);
  await progress.lanes([
    ...(clicklogger ? [{ title: 'clicklogger', steps: clicklogger.steps }] : []),
    ...(covid ? [{ title: 'covid', steps: covid.steps }] : []),
  ]);
  return {
    ...(clicklogger ? { clicklogger: clicklogger.run } : {}),
    ...(covid ? { covid: covid.run } : {}),
  };
}

/** The reports and what they took, for the terminal. */
export function summarizeRuns({ clicklogger, covid }: PipelineRuns): string {
  const sections = [
    ...(clicklogger ? [`── clicklogger\n\n${summarizeClicks(clicklogger)}`] : []),
    ...(covid ? [`── covid\n\n${summarizeCovid(covid)}`] : []),
  ];
  return sections.join('\n\n');
}
