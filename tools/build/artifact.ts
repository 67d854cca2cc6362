import { fromRoot } from '../cli/paths';
import type { Step, StepOutput } from '../cli/progress';
import { isCurrent, stamped, withLock } from '../setup/stamps.cjs';

/** Files that a build step makes of sources. */
export interface Artifact {
  readonly title: string;
  /** File name of its stamp and of its lock. */
  readonly name: string;
  /** Hash of all that it is made from. */
  readonly value: () => string;
  readonly outputs: () => string[];
  readonly make: (stepOutput: StepOutput) => Promise<void> | void;
}

const stampOf = ({ name }: Artifact): string => fromRoot('.local/stamps', name);

/** Runs `work` while no other process makes the artifact; `onWait` gets the id of the one that does. */
export function withArtifact<T>(
  artifact: Artifact,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  return withLock(`${stampOf(artifact)}.lock`, work, onWait);
}

/** Makes the artifact unless its sources are unchanged. */
export function artifactStep(artifact: Artifact): Step {
  const { title, value, outputs, make } = artifact;
  const stamp = stampOf(artifact);
  const isDone = (): boolean => isCurrent(stamp, value(), outputs());
  return {
    title,
    skip: () => (isDone() ? 'unchanged' : undefined),
    run: async (stepOutput) => {
      const work = async (): Promise<void> => {
        if (!isDone()) await stamped(stamp, value, () => make(stepOutput));
      };
      // Two tasks that build at the same time would write the same files.
      await withArtifact(artifact, work, (holder) => {
        stepOutput.update(`waiting for process ${holder}, which is building it`);
      });
    },
  };
}
