import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type App, type TerraformStack, Testing } from 'cdktf';
import { parseSettings } from '../../config/settings';
import type { BaseStackProps } from '../../stacks/base-stack';
import { ClickloggerStack } from '../../stacks/clicklogger-stack';
import { CovidStack } from '../../stacks/covid-stack';
import { temporaryFolder } from './temporary-folder';

/** Settings that add resources to the covid stack. */
export const EVERYTHING = {
  COVID_SCHEDULE: 'cron(0 2 * * ? *)',
  COVID_SCHEDULE_TIMEZONE: 'Europe/Paris',
  COVID_ON_UPLOAD: 'on',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  LAKE_FORMATION: 'on',
};

/** One block of a resource type: local name → attributes. */
export type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** cdk.tf.json as data. */
export interface Synthesized {
  readonly resource: Readonly<Record<string, Resources>>;
  readonly output: Readonly<Record<string, { readonly value: string }>>;
  readonly terraform: { readonly backend: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly provider: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** Short objects on one line: a definition takes half the lines that JSON takes. */
const FULL_DEPTH = { depth: null, compact: 3, breakLength: 140, maxArrayLength: null, maxStringLength: null };

/** Files with fixed content in the place of what a build makes, so that a snapshot does not follow the code. */
function fixtureFiles(): (name: string) => string {
  const folder = temporaryFolder();
  return (name) => {
    const path = join(folder, name);
    writeFileSync(path, `content of ${name}`);
    return path;
  };
}

function synth(
  environment: Readonly<Record<string, string>>,
  make: (app: App, props: BaseStackProps, file: (name: string) => string) => TerraformStack,
): Synthesized {
  const props = { settings: parseSettings(environment), projectFolder: '/project' };
  return JSON.parse(Testing.synth(make(Testing.app(), props, fixtureFiles()))) as Synthesized;
}

/** The clicklogger stack as `environment` sets it. */
export function synthClicklogger(environment: Readonly<Record<string, string>> = {}): Synthesized {
  return synth(environment, (app, props, file) => {
    const artifacts = {
      ingestionZip: file('ingestion.zip'),
      jobStatusZip: file('job-status.zip'),
      reaperZip: file('reaper.zip'),
      notifierZip: file('job-run-notifier.zip'),
      loggregatorJar: file('loggregator.jar'),
    };
    return new ClickloggerStack(app, 'clicklogger', { ...props, artifacts });
  });
}

/** The covid stack as `environment` sets it. */
export function synthCovid(environment: Readonly<Record<string, string>> = {}): Synthesized {
  return synth(environment, (app, props, file) => {
    const jobFiles = (name: string) => ({ main: file(`${name}.py`), package: file(`${name}.zip`) });
    const artifacts = {
      reaperZip: file('reaper.zip'),
      notifierZip: file('cluster-notifier.zip'),
      failureZip: file('cluster-failure.zip'),
    };
    return new CovidStack(app, 'covid', { ...props, artifacts, jobFiles });
  });
}

/** Attributes that hold the physical name of a resource. */
const NAME_ATTRIBUTES = ['name', 'function_name', 'alarm_name', 'dashboard_name', 'bucket'] as const;

/**
 * What a stack has, for a snapshot: the address of each resource with its physical name where the stack states one,
 * and the definition of its state machine. What the resources are set to is asserted directly.
 */
export function outlineOf(stack: Synthesized): { resources: string[]; definition: string } {
  const resources = Object.entries(stack.resource).flatMap(([type, each]) =>
    Object.entries(each).map(([id, attributes]) => {
      const name = NAME_ATTRIBUTES.map((attribute) => attributes[attribute])
        .filter((value) => typeof value === 'string')
        .find((value) => !value.startsWith('${'));
      return name === undefined ? `${type}.${id}` : `${type}.${id} ${name}`;
    }),
  );
  const [machine] = resourcesOf(stack, 'aws_sfn_state_machine');
  const definition: unknown = JSON.parse(String(machine!.definition));
  return { resources: resources.sort(), definition: inspect(definition, FULL_DEPTH) };
}

/** All resources of a type; empty when the stack has none. */
export function resourcesOf(stack: Synthesized, type: string): Readonly<Record<string, unknown>>[] {
  return Object.values(stack.resource[type] ?? {});
}
