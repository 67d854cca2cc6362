import { taskEnvironment } from '../support/local-deployment';
import { runTask } from '../support/local-run';

/** Stops and erases the local AWS that setup.ts has started. */
export default async function teardown(): Promise<void> {
  const { exitCode, stderr } = await runTask('local-down', [], taskEnvironment());
  if (exitCode !== 0) throw new Error(`local:down failed: ${stderr}`);
}
