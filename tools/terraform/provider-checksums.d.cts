/**
 * Takes the provider's checksums out of a `.terraform.lock.hcl`. Every command compares the provider with them: the hash of
 * 700 MB takes up to three seconds, more than half of a command. Only after an init, which has compared it, and only for
 * work on the local AWS. Nothing happens when there is no such file.
 */
export function forgetChecksums(lockFile: string): void;
