export const CHECKSUM_FILE: string;
export function localRepository(home?: string): string;
export const MAVEN_ARGUMENTS: readonly string[];
export function sha256(file: string): string;
export function withMavenChecksums<T>(
  work: () => Promise<T>,
  repository?: string,
  checksumFile?: string,
): Promise<T>;
