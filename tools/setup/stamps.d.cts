export function hashOf(files: readonly string[], facts?: readonly string[]): string;
export function writeWhole(file: string, content: string | Uint8Array): void;
export function isCurrent(stamp: string, value: string, outputs: readonly string[]): boolean;
export function stamped(stamp: string, value: () => string, work: () => Promise<void> | void): Promise<void>;
/** A process that holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Its command. */
  readonly task?: string;
  /** ISO 8601. */
  readonly since: string;
}
export function lockHolder(file: string): LockHolder | undefined;
export function takeLock(file: string, task?: string): LockHolder | undefined;
export function withLock<T>(
  file: string,
  work: () => Promise<T> | T,
  onWait?: (holder: number) => void,
): Promise<T>;
export function isAlive(pid: number): boolean;
