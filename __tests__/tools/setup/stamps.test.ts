import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, isCurrent, stamped, withLock, writeWhole } from '../../../tools/setup/stamps.cjs';
import { temporaryFolder } from '../../support/fake-tools';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('A stamp', () => {
  const output = at('output');
  beforeEach(() => {
    writeFileSync(output, '');
  });

  test('counts when its value and its outputs are there.', () => {
    writeWhole(at('stamp'), 'abc\n');
    expect(isCurrent(at('stamp'), 'abc', [output])).toBe(true);
  });

  test.each([
    ['it is missing', 'none', 'abc'],
    ['the value has changed', 'stamp', 'def'],
  ])('does not count when %s.', (_, name, value) => {
    writeWhole(at('stamp'), 'abc\n');
    expect(isCurrent(at(name), value, [output])).toBe(false);
  });

  test('does not count when one of its outputs was removed.', () => {
    writeWhole(at('stamp'), 'abc\n');
    rmSync(output);
    expect(isCurrent(at('stamp'), 'abc', [output])).toBe(false);
  });

  test('is removed while the work runs, and not restored when the work fails.', async () => {
    writeWhole(at('failing'), 'abc\n');
    const work = (): Promise<void> => {
      expect(existsSync(at('failing'))).toBe(false);
      return Promise.reject(new Error('no network'));
    };
    await expect(stamped(at('failing'), () => 'abc', work)).rejects.toThrow('no network');
    expect(isCurrent(at('failing'), 'abc', [])).toBe(false);
  });

  test('records the value after the work.', async () => {
    let version = 'none';
    await stamped(
      at('late'),
      () => version,
      () => {
        version = '3.12';
      },
    );
    expect(isCurrent(at('late'), '3.12', [])).toBe(true);
  });
});

describe('A hash', () => {
  test('changes with the content and with the facts.', () => {
    writeFileSync(at('input'), 'one');
    const first = hashOf([at('input')], ['linux']);
    expect(hashOf([at('input')], ['linux'])).toBe(first);
    expect(hashOf([at('input')], ['darwin'])).not.toBe(first);
    writeFileSync(at('input'), 'two');
    expect(hashOf([at('input')], ['linux'])).not.toBe(first);
  });
});

describe('A lock', () => {
  const NO_SUCH_PROCESS = 2 ** 30;

  test('lets one process work at a time.', async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} ends`);
    };
    const waiting: number[] = [];
    const wait = (holder: number): void => void waiting.push(holder);
    await Promise.all([withLock(at('lock'), work('a'), wait), withLock(at('lock'), work('b'), wait)]);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(waiting).toEqual([process.pid]);
    expect(existsSync(at('lock'))).toBe(false);
  });

  test('is taken over from a process that has died.', async () => {
    writeFileSync(at('dead'), String(NO_SUCH_PROCESS));
    const holder = await withLock(at('dead'), () => readFileSync(at('dead'), 'utf8'));
    expect(holder).toBe(String(process.pid));
  });

  test('is released when the work fails.', async () => {
    await expect(withLock(at('failed'), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(at('failed'))).toBe(false);
  });
});
