interface Search {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Folders whose first level is searched. @default /opt, /usr/local, /usr/share and the like */
  readonly systemFolders?: readonly string[];
  /** Namespace and type. @default hashicorp/aws */
  readonly provider?: string;
  /** Id that may own the mirror, next to root. @default that of this process */
  readonly user?: number;
}
export function findProviderMirror(search?: Search): string | undefined;
export function mirrorConfiguration(mirror: string): string;
export const REGISTRY: string;
export const SYSTEM_FOLDERS: readonly string[];
