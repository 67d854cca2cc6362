import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { withScalaFolder } from '../tools/build/build';
import { filesUnder } from '../tools/build/content-hash';
import { requireCommand } from '../tools/cli/command';
import { atExit } from '../tools/cli/exit-actions';
import { fromRoot } from '../tools/cli/paths';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';
import { CHECKSUM_FILE, sha256 } from '../tools/setup/maven.cjs';
import { writeWhole } from '../tools/setup/stamps.cjs';

/** The Maven commands of bootstrap and the tests by pom.xml. */
const BUILDS = [
  ['emulator/s3a-jars/pom.xml', 'dependency:copy-dependencies'],
  ['spark-jobs/loggregator/pom.xml', 'clean', 'test'],
  ['spark-jobs/loggregator/pom.xml', 'package', '-DskipTests'],
] as const;

void runTask({
  name: 'lock:maven',
  summary: `Generates ${relative(fromRoot(), CHECKSUM_FILE)} with the SHA-256 checksums of all downloads of the Maven builds.`,
  options: {},
  optionHelp: {},
  run: async () => {
    const repository = mkdtempSync(join(tmpdir(), 'clicklogger-maven-'));
    atExit(() => {
      rmSync(repository, { recursive: true, force: true });
    });
    await new Progress().steps(
      BUILDS.map(([pom, ...goals]) => ({
        title: `mvn ${goals.join(' ')} (${pom})`,
        run: () =>
          withScalaFolder(async () => {
            const options = ['--batch-mode', '--strict-checksums', `-Dmaven.repo.local=${repository}`];
            await requireCommand('mvn', 'mvn', [...options, '--file', fromRoot(pom), ...goals]);
          }),
      })),
    );
    const files = filesUnder([repository], (path) => /\.(jar|pom)$/.test(path));
    const lines = files.map(
      (file) => `${sha256(file)}  ${relative(repository, file).replaceAll(sep, '/')}\n`,
    );
    writeWhole(CHECKSUM_FILE, lines.join(''));
    return 0;
  },
});
