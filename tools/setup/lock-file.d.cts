export function matchesLockFile(lockFile: string, installedFile: string): boolean;
