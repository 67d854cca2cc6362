import { ClickPipeline, type ClickRun, type ClickWork } from './click-pipeline';
import { CovidPipeline, type CovidRun, type CovidWork } from './covid-pipeline';
import type { ConsoleLinks } from '../cli/console-links';
import type { Following } from './execution';
import type { PipelineClients } from '../aws/pipeline-clients';
import { PIPELINES, type PipelineName } from './pipeline-inputs';
import type { Lane, Progress, Step } from '../cli/progress';
import { summarizeClicks, summarizeCovid } from './run-summary';

/** What each pipeline is to do; undefined for one that is not to run. */
export interface PipelineWork {
  readonly clicklogger?: ClickWork | undefined;
  readonly covid?: CovidWork | undefined;
}

/** What the pipelines that ran have found out. */
export interface PipelineRuns {
  readonly clicklogger?: ClickRun;
  readonly covid?: CovidRun;
}

/** How each pipeline has ended: with a run, or with a failure. */
export interface PipelineEnds {
  readonly runs: PipelineRuns;
  readonly failures: Readonly<Partial<Record<PipelineName, unknown>>>;
}

/** Runs the pipelines side by side; rejects with the first failure, when all have ended. */
export async function runPipelines(
  clients: PipelineClients,
  outputs: Readonly<Partial<Record<PipelineName, unknown>>>,
  work: PipelineWork,
  progress: Progress,
): Promise<PipelineRuns> {
  const { runs, failures } = await endPipelines(clients, outputs, work, progress);
  for (const name of PIPELINES) if (name in failures) throw failures[name];
  return runs;
}

/** Runs the pipelines side by side, each to its end: that one fails keeps no other back. */
export async function endPipelines(
  clients: PipelineClients,
  outputs: Readonly<Partial<Record<PipelineName, unknown>>>,
  work: PipelineWork,
  progress: Progress,
  following: Following = {},
): Promise<PipelineEnds> {
  const failures: Partial<Record<PipelineName, unknown>> = {};
  const lane = (title: PipelineName, steps: readonly Step[]): Lane => ({
    title,
    steps: steps.map((step) => remembering(step, (reason) => (failures[title] = reason))),
  });
  const clicklogger =
    work.clicklogger && new ClickPipeline(clients, outputs.clicklogger, work.clicklogger, following);
  const covid = work.covid && new CovidPipeline(clients, outputs.covid, work.covid, following);
  try {
    await progress.lanes([
      ...(clicklogger ? [lane('clicklogger', clicklogger.steps)] : []),
      ...(covid ? [lane('covid', covid.steps)] : []),
    ]);
  } catch (error) {
    if (Object.keys(failures).length === 0) throw error;
  }
  return {
    runs: {
      ...(clicklogger?.run ? { clicklogger: clicklogger.run } : {}),
      ...(covid?.run ? { covid: covid.run } : {}),
    },
    failures,
  };
}

function remembering(step: Step, onFailure: (reason: unknown) => void): Step {
  return {
    ...step,
    run: async (stepOutput) => {
      try {
        await step.run(stepOutput);
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
  };
}

/** The reports and what they took, for the terminal; `links` are those of the console, where there is one. */
export function summarizeRuns({ clicklogger, covid }: PipelineRuns, links?: ConsoleLinks): string {
  const sections = [
    ...(clicklogger ? [`── clicklogger\n\n${summarizeClicks(clicklogger, links)}`] : []),
    ...(covid ? [`── covid\n\n${summarizeCovid(covid, links)}`] : []),
  ];
  return sections.join('\n\n');
}
