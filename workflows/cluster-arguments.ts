import { EXECUTION_TAG, EXECUTION_TAG_QUERY } from '../handlers/shared/execution-tag';
import type { Expression } from './states-language';
import { query } from './task-parts';

/** A transient EMR cluster on EC2. */
export interface ClusterParams {
  /** EC2 instance types of the primary node; EMR uses the first one with capacity. */
  readonly primaryTypes: readonly string[];
  readonly workerTypes: readonly string[];
  /** Workers, in addition to the primary node. */
  readonly workers: number;
  /** Whether workers are Spot Instances, or On-Demand Instances without Spot capacity. */
  readonly spot: boolean;
  /** Disk of each node, in GB. */
  readonly volumeGigabytes: number;
  /** EMR terminates the cluster after this time without a step. */
  readonly idleMinutes: number;
  /** First part of the cluster name, before the execution name. */
  readonly namePrefix: string;
  readonly release: string;
  /** S3 URI of the logs, with a trailing slash. */
  readonly logUri: string;
  /** ARN of the key that encrypts the logs; SSE-S3 when undefined. */
  readonly logKeyArn: string | undefined;
  readonly serviceRoleArn: string;
  readonly instanceProfileArn: string;
  readonly instanceRoleArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroups: { readonly primary: string; readonly worker: string; readonly service: string };
  /** Name of the EMR security configuration that encrypts the disks; undefined for no encryption. */
  readonly securityConfiguration: string | undefined;
  /** CloudWatch log group of steps, driver and executors; undefined when logs go only to S3. */
  readonly logGroupName: string | undefined;
  /** Tags of the cluster and its instances, in addition to the execution; permissions require `pipeline`. */
  readonly tags: Readonly<Record<string, string>> & { readonly pipeline: string };
}

/** Minutes before EMR replaces missing Spot capacity by On-Demand Instances. */
const SPOT_MINUTES = 10;

function instanceTypes(types: readonly string[], volumeGigabytes: number): object[] {
  return types.map((type) => ({
    InstanceType: type,
    WeightedCapacity: 1,
    EbsConfiguration: {
      EbsBlockDeviceConfigs: [
        { VolumeSpecification: { VolumeType: 'gp3', SizeInGB: volumeGigabytes }, VolumesPerInstance: 1 },
      ],
    },
  }));
}

function instanceFleets({
  primaryTypes,
  workerTypes,
  workers,
  spot,
  volumeGigabytes,
}: ClusterParams): object[] {
  const primary = {
    Name: 'primary',
    InstanceFleetType: 'MASTER',
    TargetOnDemandCapacity: 1,
    InstanceTypeConfigs: instanceTypes(primaryTypes, volumeGigabytes),
  };
  const core = {
    Name: 'workers',
    InstanceFleetType: 'CORE',
    ...(spot ? { TargetSpotCapacity: workers } : { TargetOnDemandCapacity: workers }),
    InstanceTypeConfigs: instanceTypes(workerTypes, volumeGigabytes),
    ...(spot && {
      LaunchSpecifications: {
        SpotSpecification: {
          TimeoutDurationMinutes: SPOT_MINUTES,
          TimeoutAction: 'SWITCH_TO_ON_DEMAND',
          AllocationStrategy: 'price-capacity-optimized',
        },
      },
    }),
  };
  return [primary, core];
}

function tagList(
  tags: Readonly<Record<string, string>>,
): { readonly Key: string; readonly Value: Expression }[] {
  const pairs = { ...tags, [EXECUTION_TAG]: query(EXECUTION_TAG_QUERY) };
  return Object.entries(pairs).map(([Key, Value]) => ({ Key, Value }));
}

/** Without the agent EMR accepts the logging configuration, but sends no logs to CloudWatch. */
function applications({ logGroupName }: ClusterParams): object[] {
  return [{ Name: 'Spark' }, ...(logGroupName === undefined ? [] : [{ Name: 'AmazonCloudWatchAgent' }])];
}

/** Disables the metrics of the agent, which are billed, and need additional permissions and another endpoint. */
const NO_METRICS = {
  Classification: 'emr-metrics',
  Properties: {},
  Configurations: [{ Classification: 'emr-system-metrics', Properties: {}, Configurations: [] }],
};

/**
 * Not verified on AWS: Step Functions may not pass MonitoringConfiguration to EMR.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-logging-cw.html
 */
function logging({ logGroupName }: ClusterParams): Record<string, unknown> {
  if (logGroupName === undefined) return {};
  return {
    Configurations: [NO_METRICS],
    MonitoringConfiguration: {
      CloudWatchLogConfiguration: {
        Enabled: true,
        LogGroupName: logGroupName,
        LogTypes: {
          STEP_LOGS: ['STDOUT', 'STDERR'],
          SPARK_DRIVER: ['STDOUT', 'STDERR'],
          SPARK_EXECUTOR: ['STDERR'],
        },
      },
    },
  };
}

/** Arguments of createCluster in Step Functions: a cluster without steps that runs until it is terminated. */
export function clusterArguments(params: ClusterParams, name: Expression): Record<string, unknown> {
  return {
    Name: name,
    ReleaseLabel: params.release,
    Applications: applications(params),
    LogUri: params.logUri,
    ...(params.logKeyArn !== undefined && { LogEncryptionKmsKeyId: params.logKeyArn }),
    ServiceRole: params.serviceRoleArn,
    JobFlowRole: params.instanceProfileArn,
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      TerminationProtected: false,
      Ec2SubnetIds: params.subnetIds,
      EmrManagedMasterSecurityGroup: params.securityGroups.primary,
      EmrManagedSlaveSecurityGroup: params.securityGroups.worker,
      ServiceAccessSecurityGroup: params.securityGroups.service,
      InstanceFleets: instanceFleets(params),
    },
    AutoTerminationPolicy: { IdleTimeout: params.idleMinutes * 60 },
    ...(params.securityConfiguration !== undefined && {
      SecurityConfiguration: params.securityConfiguration,
    }),
    ...logging(params),
    Tags: tagList(params.tags),
  };
}
