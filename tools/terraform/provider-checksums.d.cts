/**
 * Removes the provider's checksums from a `.terraform.lock.hcl`, if it exists. Every command verifies them: the hash of 700 MB
 * takes up to three seconds. Only after an init, which has verified them, and only for the local AWS.
 */
export function forgetChecksums(lockFile: string): void;
