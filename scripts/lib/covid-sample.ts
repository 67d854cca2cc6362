import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A header with this column marks data that was generated: it stays with the data whatever the file is called. */
export const GENERATED_COLUMN = 'generated_sample_data';

/** The names of generated files in raw/ begin like this, so that a listing tells them apart. */
export const GENERATED_PREFIX = 'generated-sample';

/** Writes the sample to the file, the same bytes every time. */
export async function writeSample(file: string): Promise<void> {
  await pipeline(Readable.from(sampleLines()), createWriteStream(file));
}

function* sampleLines(): Generator<string> {
  yield `state,date,inpatient_beds,${GENERATED_COLUMN}\n`;
  yield 'TX,2021-01-01,100,"generated, not real"\n';
}
