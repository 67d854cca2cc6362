import { EmrserverlessApplication } from '@cdktf/provider-aws/lib/emrserverless-application';
import { Construct } from 'constructs';

export interface SparkApplicationProps {
  readonly applicationName: string;
  /** EMR release label, e.g. `emr-7.13.0`. */
  readonly release: string;
  readonly architecture: 'arm64' | 'x86_64';
  /** Ceilings over all workers that run at one time. */
  readonly maximum: {
    readonly vcpu: number;
    readonly memoryGigabytes: number;
    readonly diskGigabytes: number;
  };
  /** Minutes without a job after which the application stops itself. */
  readonly idleMinutes: number;
}

/**
 * EMR Serverless application for Spark that costs nothing while no job runs: no workers are kept warm,
 * it starts with a job and stops itself when idle. Without a VPC its jobs reach S3 in the region, and nothing else.
 */
export class SparkApplication extends Construct {
  readonly applicationId: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: SparkApplicationProps) {
    super(scope, id);
    const { maximum } = props;
    const application = new EmrserverlessApplication(this, 'Resource', {
      name: props.applicationName,
      type: 'spark',
      releaseLabel: props.release,
      architecture: props.architecture === 'arm64' ? 'ARM64' : 'X86_64',
      maximumCapacity: {
        cpu: `${maximum.vcpu} vCPU`,
        memory: `${maximum.memoryGigabytes} GB`,
        disk: `${maximum.diskGigabytes} GB`,
      },
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: props.idleMinutes },
    });
    this.applicationId = application.id;
    this.arn = application.arn;
  }
}
