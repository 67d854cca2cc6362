import { DataAwsPrefixList } from '@cdktf/provider-aws/lib/data-aws-prefix-list';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import {
  VpcSecurityGroupEgressRule,
  type VpcSecurityGroupEgressRuleConfig,
} from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { pairedSecurityGroup } from './paired-security-group';

export interface ClusterSecurityGroupsProps {
  readonly vpcId: string;
  /** Names of the groups of the primary node, the workers, and EMR service access. */
  readonly names: { readonly primary: string; readonly worker: string; readonly service: string };
  /**
   * Destination of HTTPS traffic to CloudWatch Logs: the security group of an endpoint, or any address in an existing network.
   * @default no such traffic
   */
  readonly logs?: { readonly groupId: string } | 'anywhere';
  /** Region of S3, the only service that the nodes always call. */
  readonly region: string;
  /** Tags that EMR's managed policy requires. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Ports of EMR in a private subnet: EMR management guide, security groups for private subnets. */
const SERVICE_TO_NODES = 8443;
const PRIMARY_TO_SERVICE = 9443;

interface Rule {
  readonly from: SecurityGroup;
  readonly to: SecurityGroup;
  /** TCP port; every protocol and port when undefined. */
  readonly port?: number;
  readonly description: string;
}

/**
 * The three security groups of an EMR cluster in a private subnet, with the rules that EMR otherwise adds. The EMR service role
 * cannot delete groups that EMR creates, so the stack creates them.
 */
export class ClusterSecurityGroups extends Construct {
  readonly primary: string;
  readonly worker: string;
  readonly service: string;

  constructor(scope: Construct, id: string, props: ClusterSecurityGroupsProps) {
    super(scope, id);
    const { names, vpcId, tags, region, logs } = props;
    // Public addresses of S3, which the nodes reach through a gateway endpoint or a NAT gateway.
    const s3 = new DataAwsPrefixList(this, 'S3', { name: `com.amazonaws.${region}.s3` });
    const group = (groupId: string, name: string, description: string): SecurityGroup =>
      pairedSecurityGroup(this, groupId, { name, description, vpcId, tags });
    const primary = group('Primary', names.primary, 'EMR primary node');
    const worker = group('Worker', names.worker, 'EMR workers');
    const service = group('Service', names.service, 'EMR service access');
    this.allowNodes(primary, worker);
    this.allow('PrimaryToService', {
      from: primary,
      to: service,
      port: PRIMARY_TO_SERVICE,
      description: 'Primary node reports to EMR',
    });
    for (const [name, group] of Object.entries({ Primary: primary, Worker: worker })) {
      this.allow(`ServiceTo${name}`, {
        from: service,
        to: group,
        port: SERVICE_TO_NODES,
        description: 'EMR manages the nodes',
      });
      this.allowHttps(`${name}ToS3`, group, {
        prefixListId: s3.id,
        description: 'S3: packages of EMR, data and logs',
      });
      if (logs !== undefined) {
        this.allowHttps(`${name}ToLogs`, group, {
          ...(logs === 'anywhere' ? { cidrIpv4: '0.0.0.0/0' } : { referencedSecurityGroupId: logs.groupId }),
          description: 'CloudWatch Logs',
        });
      }
    }
    this.primary = primary.id;
    this.worker = worker.id;
    this.service = service.id;
  }

  private allowNodes(primary: SecurityGroup, worker: SecurityGroup): void {
    const description = 'Nodes of the cluster among each other';
    this.allow('PrimaryToPrimary', { from: primary, to: primary, description });
    this.allow('PrimaryToWorker', { from: primary, to: worker, description });
    this.allow('WorkerToPrimary', { from: worker, to: primary, description });
    this.allow('WorkerToWorker', { from: worker, to: worker, description });
  }

  private allow(id: string, { from, to, port, description }: Rule): void {
    const traffic =
      port === undefined ? { ipProtocol: '-1' } : { ipProtocol: 'tcp', fromPort: port, toPort: port };
    new VpcSecurityGroupEgressRule(this, `${id}Out`, {
      securityGroupId: from.id,
      referencedSecurityGroupId: to.id,
      description,
      ...traffic,
    });
    new VpcSecurityGroupIngressRule(this, `${id}In`, {
      securityGroupId: to.id,
      referencedSecurityGroupId: from.id,
      description,
      ...traffic,
    });
  }

  private allowHttps(
    id: string,
    group: SecurityGroup,
    target: Pick<
      VpcSecurityGroupEgressRuleConfig,
      'cidrIpv4' | 'prefixListId' | 'referencedSecurityGroupId'
    > & { readonly description: string },
  ): void {
    new VpcSecurityGroupEgressRule(this, id, {
      securityGroupId: group.id,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      ...target,
    });
  }
}
