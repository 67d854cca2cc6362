export function hashOf(files: readonly string[], facts?: readonly string[]): string;
export function writeWhole(file: string, content: string | Uint8Array): void;
export function isCurrent(stamp: string, value: string, outputs: readonly string[]): boolean;
export function stamped(stamp: string, value: () => string, work: () => Promise<void> | void): Promise<void>;
export function withLock<T>(
  file: string,
  work: () => Promise<T> | T,
  onWait?: (holder: number) => void,
): Promise<T>;
export function isAlive(pid: number): boolean;
