import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdktf';
import { parseSettings } from '../../config/settings';
import { ClickloggerStack } from '../../stacks/clicklogger-stack';

/** One block of a resource type: local name → attributes. */
export type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** cdk.tf.json as data. */
export interface Synthesized {
  readonly resource: Readonly<Record<string, Resources>>;
  readonly output: Readonly<Record<string, { readonly value: string }>>;
  readonly terraform: { readonly backend: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly provider: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** Files with fixed content in the place of what a build makes, so that a snapshot does not follow the handlers. */
function fixtureArtifacts() {
  const folder = mkdtempSync(join(tmpdir(), 'artifacts-'));
  const file = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `content of ${name}`);
    return path;
  };
  return {
    ingestionZip: file('ingestion.zip'),
    jobStatusZip: file('job-status.zip'),
    loggregatorJar: file('loggregator.jar'),
  };
}

/** The clicklogger stack as `environment` sets it. */
export function synthClicklogger(environment: Readonly<Record<string, string>> = {}): Synthesized {
  const app = Testing.app();
  const stack = new ClickloggerStack(app, 'clicklogger', {
    settings: parseSettings(environment),
    projectFolder: '/project',
    artifacts: fixtureArtifacts(),
  });
  return JSON.parse(Testing.synth(stack)) as Synthesized;
}

/** All resources of a type; empty when the stack has none. */
export function resourcesOf(stack: Synthesized, type: string): Readonly<Record<string, unknown>>[] {
  return Object.values(stack.resource[type] ?? {});
}
