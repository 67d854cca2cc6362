interface Search {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Folders whose first level is searched. @default SYSTEM_FOLDERS */
  readonly systemFolders?: readonly string[];
  /** Namespace and type. @default hashicorp/aws */
  readonly provider?: string;
  /** ID of the user who, like root, can own the mirror. @default the user of this process */
  readonly user?: number;
}
export function findProviderMirror(search?: Search): string | undefined;
export function mirrorConfiguration(mirror: string): string;
export const REGISTRY: string;
export const SYSTEM_FOLDERS: readonly string[];
