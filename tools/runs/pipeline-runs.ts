import { type PipelineName, PIPELINES } from './pipeline-inputs';
import type { Progress } from '../cli/progress';
import { clickPipeline, type ClickRun, type ClickWork } from './click-pipeline';
import { covidPipeline, type CovidRun, type CovidWork } from './covid-pipeline';
import type { RunPlace } from './execution';

/** The work of each pipeline; undefined for pipelines that do not run. */
export interface PipelineWork {
  readonly clicklogger?: ClickWork | undefined;
  readonly covid?: CovidWork | undefined;
}

export interface PipelineRuns {
  readonly clicklogger?: ClickRun;
  readonly covid?: CovidRun;
}

export interface PipelineEnds {
  readonly runs: PipelineRuns;
  readonly failures: Readonly<Partial<Record<PipelineName, unknown>>>;
}

/** Runs the pipelines concurrently. A failure of one does not stop the other. */
export async function runPipelines(
  place: RunPlace,
  outputs: Readonly<Partial<Record<PipelineName, unknown>>>,
  work: PipelineWork,
  progress: Progress,
): Promise<PipelineEnds> {
  const clicklogger = work.clicklogger && clickPipeline(place, outputs.clicklogger, work.clicklogger);
  const covid = work.covid && covidPipeline(place, outputs.covid, work.covid);
  const pipelines = { clicklogger, covid };
  const failures = await progress.lanes(
    PIPELINES.flatMap((title) => {
      const steps = pipelines[title]?.steps;
      return steps === undefined ? [] : [{ title, steps }];
    }),
  );
  const [clicks, report] = [clicklogger?.run(), covid?.run()];
  return {
    runs: { ...(clicks && { clicklogger: clicks }), ...(report && { covid: report }) },
    failures: Object.fromEntries(failures),
  };
}
