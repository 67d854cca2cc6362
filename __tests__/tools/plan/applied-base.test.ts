import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appliedHash, isKept, keepApplied, takeApplied } from '../../../tools/plan/applied-base';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const kept = join(folder, 'kept');

/** A plan's temporary folder with `text` in its stores and in a folder that is not kept. */
function scratchWith(text: string): string {
  const scratch = join(folder, text);
  for (const [name, file] of [
    ['emulator', 'services'],
    ['local', 'state'],
    ['base', 'package.json'],
  ] as const) {
    mkdirSync(join(scratch, name), { recursive: true });
    writeFileSync(join(scratch, name, file), text);
  }
  return scratch;
}

test('The base of the last plan is kept and replaces the stores of a new local AWS.', async () => {
  await keepApplied('first', scratchWith('of the first'), kept);
  await keepApplied('second', scratchWith('of the second'), kept);
  expect(readdirSync(kept)).toEqual(['second']);
  expect(readdirSync(join(kept, 'second')).sort()).toEqual(['emulator', 'local']);

  const scratch = scratchWith('of a new plan');
  writeFileSync(join(scratch, 'emulator/instance.json'), '');
  expect(isKept('second', kept)).toBe(true);
  expect(await takeApplied('second', scratch, kept)).toBe(true);
  expect(readFileSync(join(scratch, 'emulator/services'), 'utf8')).toBe('of the second');
  expect(readFileSync(join(scratch, 'local/state'), 'utf8')).toBe('of the second');
  expect(existsSync(join(scratch, 'emulator/instance.json'))).toBe(false);
  expect(readFileSync(join(scratch, 'base/package.json'), 'utf8')).toBe('of a new plan');
});

test('A base that another plan has replaced is not taken, and the folder does not change.', async () => {
  const scratch = scratchWith('of a late plan');
  expect(await takeApplied('replaced', scratch, kept)).toBe(false);
  expect(readFileSync(join(scratch, 'local/state'), 'utf8')).toBe('of a late plan');
});

test('The hash of a base depends on its stacks and their files, not on their folder.', () => {
  const stack = (place: string, configuration: string, asset: string) => {
    const path = join(folder, place);
    mkdirSync(join(path, 'assets'), { recursive: true });
    writeFileSync(join(path, 'cdk.tf.json'), configuration);
    writeFileSync(join(path, 'assets/job.jar'), asset);
    return [{ name: 'covid', folder: path }];
  };
  const hash = appliedHash(stack('a', '{}', 'jar'));
  expect(appliedHash(stack('b', '{}', 'jar'))).toBe(hash);
  expect(appliedHash(stack('c', '{"x":1}', 'jar'))).not.toBe(hash);
  expect(appliedHash(stack('d', '{}', 'other jar'))).not.toBe(hash);
});
