import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../../../tools/build/content-hash';
import { stackHash } from '../../../tools/terraform/synthesis';
import { temporaryFolder } from '../../support/temporary-folder';

function makeTree(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'cdk.tf.json'), '{}');
  writeFileSync(join(folder, 'assets/code.zip'), 'code');
  return folder;
}

describe('The hash of a folder', () => {
  test('does not depend on the path and the age of the folder.', () => {
    const [one, other] = [makeTree(), makeTree()];
    utimesSync(join(other, 'cdk.tf.json'), 0, 0);
    expect(contentHash([one])).toBe(contentHash([other]));
  });

  test('changes when a file is renamed.', () => {
    const folder = makeTree();
    const before = contentHash([folder]);
    renameSync(join(folder, 'assets/code.zip'), join(folder, 'assets/other.zip'));
    expect(contentHash([folder])).not.toBe(before);
  });
});

describe('The hash of a synthesized stack', () => {
  const hash = (folder: string): string => stackHash({ name: 'x', folder });

  test('does not depend on the files of Terraform.', () => {
    const folder = makeTree();
    const before = hash(folder);
    writeFileSync(join(folder, '.terraform.lock.hcl'), 'lock');
    writeFileSync(join(folder, 'plan'), 'plan');
    expect(hash(folder)).toBe(before);
  });
});
