import { EmrStudio as StudioResource } from '@cdktf/provider-aws/lib/emr-studio';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { pairedSecurityGroup } from './paired-security-group';
import type { PrivateBucket } from './private-bucket';
import type { ServiceRole } from './service-role';

export interface EmrStudioProps {
  readonly studioName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** Bucket of workspaces and notebooks. */
  readonly bucket: PrivateBucket;
  readonly role: ServiceRole;
  /** Whether workspaces may connect to Git repositories, and therefore to any address over HTTPS. */
  readonly reachesGit: boolean;
  readonly securityGroupNames: { readonly engine: string; readonly workspace: string };
  /** Tags that the role's conditions require. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Port of the engine for workspaces (Livy through the EMR proxy): EMR Studio security groups, EMR guide. */
const ENGINE_PORT = 18888;

/** Folder of workspaces in the bucket, which EMR Studio requires. */
const WORKSPACE_PREFIX = 'workspaces/';

/** EMR Studio with IAM authentication, and with security groups for workspaces and engine. */
export class EmrStudio extends Construct {
  readonly studioId: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: EmrStudioProps) {
    super(scope, id);
    const { securityGroupNames: names, vpcId, tags } = props;
    const engine = pairedSecurityGroup(this, 'Engine', {
      name: names.engine,
      description: 'EMR Studio engine',
      vpcId,
      tags,
    });
    const workspace = pairedSecurityGroup(this, 'Workspace', {
      name: names.workspace,
      description: 'EMR Studio workspace',
      vpcId,
      tags,
    });
    this.connect(engine, workspace);
    if (props.reachesGit) this.allowGit(workspace);
    const studio = new StudioResource(this, 'Resource', {
      name: props.studioName,
      description: props.description,
      authMode: 'IAM',
      vpcId: props.vpcId,
      subnetIds: [...props.subnetIds],
      serviceRole: props.role.arn,
      defaultS3Location: props.bucket.uri(WORKSPACE_PREFIX),
      engineSecurityGroupId: engine.id,
      workspaceSecurityGroupId: workspace.id,
      tags: { ...props.tags },
      dependsOn: [...props.role.ready, props.bucket.resource],
    });
    this.studioId = studio.id;
    this.url = studio.url;
  }

  private connect(engine: SecurityGroup, workspace: SecurityGroup): void {
    const port = { ipProtocol: 'tcp', fromPort: ENGINE_PORT, toPort: ENGINE_PORT };
    new VpcSecurityGroupIngressRule(this, 'EngineFromWorkspace', {
      securityGroupId: engine.id,
      referencedSecurityGroupId: workspace.id,
      description: 'Workspaces call the engine',
      ...port,
    });
    new VpcSecurityGroupEgressRule(this, 'WorkspaceToEngine', {
      securityGroupId: workspace.id,
      referencedSecurityGroupId: engine.id,
      description: 'Workspaces call the engine',
      ...port,
    });
  }

  /** @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-security-groups.html */
  private allowGit(workspace: SecurityGroup): void {
    new VpcSecurityGroupEgressRule(this, 'WorkspaceToHttps', {
      securityGroupId: workspace.id,
      cidrIpv4: '0.0.0.0/0',
      description: 'Git repositories, wherever they are',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
    });
  }
}
