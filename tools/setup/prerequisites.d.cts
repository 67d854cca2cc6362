/** One of the tools that must be installed by hand. */
export interface Prerequisite {
  readonly name: string;
  /** What versions will do, in words. */
  readonly needed: string;
  /** The version that was found; absent when the tool is missing or does not answer. */
  readonly found?: string;
  /** The file that answered. */
  readonly path?: string;
  /** What is wrong; absent when all is well. */
  readonly problem?: string;
  /** How to get it on this platform. */
  readonly install: string;
  readonly ok: boolean;
}
interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}
export function checkPrerequisites(surroundings?: Surroundings): Promise<Prerequisite[]>;
export function describeMissing(results: readonly Prerequisite[]): string;
export function findOnPath(
  command: string,
  env: NodeJS.ProcessEnv,
  platform?: NodeJS.Platform,
): string | undefined;
export function prerequisitesFingerprint(surroundings?: Surroundings): string;
