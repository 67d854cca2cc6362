import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder in the run's temporary folder, which jest.config.mjs removes. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'test-'));
