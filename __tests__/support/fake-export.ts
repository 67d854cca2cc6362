import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { CovidExport } from '../../tools/covid-data/covid-export';

/** Writes the file; returns the result of its check, with the fields that uploads and messages use. */
export function exportOf(file: string, content: string, found: Partial<CovidExport> = {}): CovidExport {
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    file,
    sha256,
    bytes: content.length,
    encoding: 'UTF-8',
    generated: false,
    canonicalName: `hhs-state-timeseries_${sha256.slice(0, 8)}.csv`,
    rows: 1,
    columns: 3,
    missing: [],
    states: ['TX'],
    notes: [],
    period: { first: '2021-01-01', last: '2021-01-01' },
    ...found,
  };
}
