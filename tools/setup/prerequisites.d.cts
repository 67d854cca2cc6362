/** One of the tools that must be installed by hand. */
export interface Prerequisite {
  readonly name: string;
  /** Accepted versions, for the user. */
  readonly needed: string;
  /** The version that was found; absent when the tool is missing or prints none. */
  readonly found?: string;
  /** The file that was run. */
  readonly path?: string;
  /** What is wrong; absent when all is well. */
  readonly problem?: string;
  /** How to get it on this platform. */
  readonly install: string;
  readonly ok: boolean;
}
interface Environment {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}
export function checkPrerequisites(environment?: Environment): Promise<Prerequisite[]>;
/** The file that a shell would run for `command`. */
export function findOnPath(command: string, env: NodeJS.ProcessEnv): string | undefined;
export function describeMissing(results: readonly Prerequisite[]): string;
export function prerequisitesFingerprint(environment?: Environment): string;
