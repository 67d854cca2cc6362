import { EmrserverlessApplication } from '@cdktf/provider-aws/lib/emrserverless-application';
import { Construct } from 'constructs';

export interface SparkApplicationProps {
  readonly applicationName: string;
  /** EMR release label, e.g. `emr-7.13.0`. */
  readonly release: string;
  readonly architecture: 'arm64' | 'x86_64';
  /** Maximum capacity of all concurrent workers. */
  readonly maximum: {
    readonly vcpu: number;
    readonly memoryGigabytes: number;
    readonly diskGigabytes: number;
  };
  /** Minutes without a job run after which the application stops. */
  readonly idleMinutes: number;
}

/**
 * EMR Serverless application for Spark without pre-initialized capacity: it starts with a job run, stops when idle, and costs
 * nothing in between. Without a VPC its jobs can only reach S3 in the region.
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
