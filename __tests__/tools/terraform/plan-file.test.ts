import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPlan } from '../../../tools/terraform/plan/plan-file';
import { temporaryFolder } from '../../support/temporary-folder';

const PLANS = join(__dirname, '../../fixtures/plans');
const folder = temporaryFolder();
const text = '{"format_version":"1.2","output_changes":{"größe":{"actions":["update"]}}}';

function bigEndian(given: string): Buffer {
  return Buffer.from(given, 'utf16le').swap16();
}

describe('A file with a plan', () => {
  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 of PowerShell', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 without a byte order mark', Buffer.from(text, 'utf16le')],
    ['big-endian UTF-16', bigEndian(`\uFEFF${text}`)],
    ['big-endian UTF-16 without a byte order mark', bigEndian(text)],
  ])('is read in %s.', (_, bytes) => {
    const file = join(folder, 'covid.json');
    writeFileSync(file, bytes);
    expect(openPlan(file)).toMatchObject({ stack: 'covid', outputs: [{ name: 'größe', kind: 'update' }] });
  });

  test.each([
    ['', 'is empty'],
    ['{', 'is not JSON'],
  ])('of few bytes (%j) is rejected: it %s.', (short, reason) => {
    const file = join(folder, 'short.json');
    writeFileSync(file, short);
    expect(() => openPlan(file)).toThrow(reason);
  });

  test.each([['missing.json'], ['.']])('that cannot be read (%s) is rejected with the reason.', (name) => {
    expect(() => openPlan(join(PLANS, name))).toThrow(
      /cannot be read: (ENOENT|EISDIR).*terraform show -json/,
    );
  });
});
