export function isAtLeast(version: readonly number[], minimum: readonly number[]): boolean;
export function parseVersion(text: string): number[] | undefined;
