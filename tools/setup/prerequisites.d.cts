/** A tool that users must install. */
export interface Prerequisite {
  readonly name: string;
  /** Description of the accepted versions. */
  readonly needed: string;
  /** The installed version; absent when it is unknown. */
  readonly found?: string;
  readonly path?: string;
  /** Why the tool cannot be used; absent when it can. */
  readonly problem?: string;
  /** How to install the tool on this platform. */
  readonly install: string;
  readonly ok: boolean;
}
interface Environment {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}
export function checkPrerequisites(environment?: Environment): Promise<Prerequisite[]>;
/** The executable of `command` in PATH. */
export function findOnPath(command: string, env: NodeJS.ProcessEnv): string | undefined;
export function describeMissing(results: readonly Prerequisite[]): string;
export function prerequisitesFingerprint(environment?: Environment): string;
