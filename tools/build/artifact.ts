import { fromRoot } from '../cli/paths';
import type { Step, StepOutput } from '../cli/progress';
import { isCurrent, stamped, withLock } from '../setup/stamps.cjs';

/** The output of a build step. */
export interface Artifact {
  readonly title: string;
  /** File name of the stamp and the lock. */
  readonly name: string;
  /** Hash of the sources. */
  readonly value: () => string;
  readonly outputs: () => string[];
  readonly make: (stepOutput: StepOutput) => Promise<void> | void;
}

const stampOf = ({ name }: Artifact): string => fromRoot('.local/stamps', name);

/** Runs `work` while no other process builds the artifact; `onWait` receives the ID of a process that does. */
export function withArtifact<T>(
  artifact: Artifact,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  return withLock(`${stampOf(artifact)}.lock`, work, onWait);
}

/** Builds the artifact unless its sources are unchanged. */
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
      await withArtifact(artifact, work, (holder) => {
        stepOutput.update(`waiting for the build of process ${holder}`);
      });
    },
  };
}
