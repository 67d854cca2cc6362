import type { ObservedJobRun } from '../../../../handlers/shared/compute/assess-job-run';

/** A job run as the SDK gives it, with what a test wants to be different. */
export function jobRun(changes: Partial<ObservedJobRun> = {}): ObservedJobRun {
  return {
    applicationId: 'app1',
    jobRunId: 'run1',
    arn: 'arn:aws:emr-serverless:us-east-1:123456789012:/applications/app1/jobruns/run1',
    createdBy: 'arn:aws:iam::123456789012:role/state-machine',
    createdAt: new Date('2026-11-21T10:00:00Z'),
    updatedAt: new Date('2026-11-21T10:02:00Z'),
    executionRole: 'arn:aws:iam::123456789012:role/job',
    state: 'SUCCESS',
    stateDetails: '',
    releaseLabel: 'emr-7.13.0',
    jobDriver: undefined,
    ...changes,
  };
}
