import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import type { CovidExport } from '../../../tools/covid-data/covid-export';
import { listRaw, uploadExport } from '../../../tools/covid-data/covid-upload';
import { exportOf } from '../../support/fake-export';
import { FakeS3 } from '../../support/fake-s3';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const bucket = 'data-bucket';
const REAL = 'state,date,inpatient_beds\nTX,2021-01-01,100\n';
const GENERATED = 'state,date,inpatient_beds,generated_sample_data\nTX,2021-01-01,100,x\n';

let fake: FakeS3;
let s3: S3;
beforeEach(async () => {
  fake = new FakeS3(bucket);
  s3 = await fake.start();
});
afterEach(() => {
  s3.destroy();
  fake.stop();
});

function checked(content: string, name = 'export.csv'): CovidExport {
  const generated = { generated: true, canonicalName: 'generated-sample_1.csv' };
  return exportOf(join(folder, name), content, content === GENERATED ? generated : {});
}

function upload(data: CovidExport, options = {}): Promise<string> {
  return uploadExport(s3, bucket, data, options);
}

test('The file is stored under its canonical name in raw/.', async () => {
  const data = checked(REAL, 'Export für März.csv');
  expect(await upload(data)).toBe(`s3://${bucket}/raw/${data.canonicalName}`);
  const stored = fake.objects.get(`raw/${data.canonicalName}`);
  expect(stored?.body).toBe(REAL);
  expect(stored?.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(stored?.headers['x-amz-meta-original-name']).toBe('Export%20f%C3%BCr%20M%C3%A4rz.csv');
});

test('The same file replaces itself; other files of its kind are kept.', async () => {
  const first = await upload(checked(REAL));
  const second = await upload(checked(REAL, 'copy.csv'));
  const third = await upload(checked(REAL.replace('100', '101')));
  expect(second).toBe(first);
  expect((await listRaw(s3, bucket)).real).toHaveLength(2);
  expect(third).not.toBe(first);
});

test.each([
  ['Real data next to generated data', GENERATED, REAL, 'generated sample', 'real', 'FILE'],
  ['Generated data next to real data', REAL, GENERATED, 'real', 'generated sample', '--sample'],
] as const)(
  '%s is rejected with the command that replaces it.',
  async (_, there, here, found, added, source) => {
    await upload(checked(there));
    const data = checked(here);
    const before = [...fake.objects.keys()];
    const command = `npm run covid:load -- --local --replace ${source} deletes`;
    await expect(upload(data, { taskOptions: ['--local'] })).rejects.toThrow(
      new RegExp(`contains ${found} data .* ${added} data\\. .* ${command}`),
    );
    expect([...fake.objects.keys()]).toEqual(before);
  },
);

test('--replace deletes the other files in raw/ only.', async () => {
  const old = { body: '', headers: {} };
  for (const key of ['raw/a.csv', 'raw/b/c.csv', 'raw/generated-sample_1.csv', 'processed/x.csv'])
    fake.objects.set(key, old);
  const data = checked(REAL);
  await upload(data, { replace: true });
  await upload(data, { replace: true });
  expect([...fake.objects.keys()].sort()).toEqual(['processed/x.csv', `raw/${data.canonicalName}`]);
});

test('Nothing is uploaded when a file cannot be deleted.', async () => {
  fake.objects.set('raw/a.csv', { body: '', headers: {} });
  fake.undeletable.add('raw/a.csv');
  await expect(upload(checked(GENERATED), { replace: true })).rejects.toThrow(
    /raw\/a\.csv could not be deleted: AccessDenied.*Nothing was uploaded/,
  );
  expect([...fake.objects.keys()]).toEqual(['raw/a.csv']);
});

test('Files with other names count as real data; empty objects of folders do not count.', async () => {
  for (const key of ['raw/', 'raw/2021/', 'raw/2021/export.csv', 'raw/more/generated-sample_1.csv'])
    fake.objects.set(key, { body: '', headers: {} });
  expect(await listRaw(s3, bucket)).toEqual({
    real: ['2021/export.csv'],
    generated: ['more/generated-sample_1.csv'],
  });
});

test.each([
  ['is longer', `${REAL}x`, /has changed since the check/],
  ['does not exist', undefined, /has changed since the check .*ENOENT/],
  [
    'has other content',
    REAL.replace('100', '999'),
    /was not uploaded .*: wrong checksum\. No object was stored/,
  ],
])('A file that %s after the check is not stored.', async (_, content, message) => {
  const data = checked(REAL);
  if (content === undefined) rmSync(data.file);
  else writeFileSync(data.file, content);
  await expect(upload(data)).rejects.toThrow(message);
  expect(fake.objects.size).toBe(0);
});

test('A file that is too large for one PutObject request is rejected.', async () => {
  const data = { ...checked(REAL), bytes: 6 * 2 ** 30 };
  await expect(upload(data)).rejects.toThrow(/6442450944 bytes; the limit of an upload is 5 GiB/);
});
