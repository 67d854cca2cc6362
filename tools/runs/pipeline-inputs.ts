import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sampleClicks } from '../../schemas/click';
import { LOCAL } from '../cli/paths';
import { readClicks } from './click-file';
import { checkExport, type CovidExport } from '../covid-data/covid-export';
import { writeSample } from '../covid-data/covid-sample';
import { TaskError } from '../cli/errors';

/** The pipelines, which are also the stacks of main.ts. */
export const PIPELINES = ['clicklogger', 'covid'] as const;

export type PipelineName = (typeof PIPELINES)[number];

/** Which pipelines to run and what with; input of a pipeline that is not chosen is undefined. */
export interface PipelineInputs {
  readonly pipelines: readonly PipelineName[];
  readonly clicks: readonly unknown[] | undefined;
  readonly data: CovidExport | undefined;
}

/**
 * The pipelines that the arguments of a task choose: all of them without one, or with `all`.
 *
 * @throws TaskError when an argument is no pipeline
 */
export function choosePipelines(given: readonly string[]): readonly PipelineName[] {
  const unknown = given.find((name) => name !== 'all' && !isPipeline(name));
  if (unknown !== undefined)
    throw new TaskError(`"${unknown}" is no pipeline: the pipelines are ${PIPELINES.join(', ')}, or all.`);
  return given.length === 0 || given.includes('all')
    ? PIPELINES
    : PIPELINES.filter((name) => given.includes(name));
}

/**
 * Reads what the chosen pipelines are fed with: files of the user's own, or samples.
 *
 * @throws TaskError when a file cannot be used, or belongs to a pipeline that is not chosen
 */
export async function readInputs(
  given: readonly string[],
  { clicks, data }: { readonly clicks?: string | undefined; readonly data?: string | undefined },
): Promise<PipelineInputs> {
  const pipelines = choosePipelines(given);
  requireUse(pipelines, { clicks, data });
  return {
    pipelines,
    clicks: pipelines.includes('clicklogger') ? clicksOf(clicks) : undefined,
    data: pipelines.includes('covid')
      ? await (data === undefined ? generatedExport() : checkExport(data))
      : undefined,
  };
}

/** TaskError when a file is given for a pipeline that is not chosen. */
export function requireUse(
  pipelines: readonly PipelineName[],
  { clicks, data }: { readonly clicks?: string | undefined; readonly data?: string | undefined },
): void {
  if (clicks !== undefined && !pipelines.includes('clicklogger'))
    throw new TaskError('--clicks is for the clicklogger pipeline, which this run leaves out.');
  if (data !== undefined && !pipelines.includes('covid'))
    throw new TaskError('--data is for the covid pipeline, which this run leaves out.');
}

function clicksOf(file: string | undefined): readonly unknown[] {
  return file === undefined ? sampleClicks() : readClicks(file);
}

/** Generated hospital data, marked as such. */
export async function generatedExport(): Promise<CovidExport> {
  mkdirSync(LOCAL, { recursive: true });
  const file = join(LOCAL, 'generated-hospital-data.csv');
  await writeSample(file);
  return checkExport(file);
}

function isPipeline(name: string): name is PipelineName {
  return PIPELINES.some((pipeline) => pipeline === name);
}
