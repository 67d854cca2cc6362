import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { fileDigest } from './support/local-file';
import type { LogGroup } from './log-group';
import type { ServiceRole } from './service-role';

export interface NodeFunctionProps {
  readonly functionName: string;
  /** ARN of the function, computed from its name. */
  readonly functionArn: string;
  readonly description: string;
  /** Path of the zip file with `index.mjs`; it must exist at synth. */
  readonly zipPath: string;
  /** Lambda runtime, e.g. `nodejs22.x`. */
  readonly runtime: string;
  readonly role: ServiceRole;
  readonly logGroup: LogGroup;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Timeout of an invocation in seconds.
   * @default 30
   */
  readonly timeoutSeconds?: number;
  /** Whether invocations are traced with X-Ray; the role needs `tracingStatement()`. */
  readonly traced: boolean;
}

/** CPU is proportional to memory. */
const MEMORY_MEGABYTES = 256;

/** Lambda function on Graviton with JSON logs in its own log group. */
export class NodeFunction extends Construct {
  readonly functionName: string;
  readonly functionArn: string;
  readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    this.functionName = props.functionName;
    this.functionArn = props.functionArn;
    const { timeoutSeconds = 30, traced } = props;
    const zip = new TerraformAsset(this, 'Zip', { path: props.zipPath, type: AssetType.FILE });
    this.resource = new LambdaFunction(this, 'Resource', {
      functionName: props.functionName,
      description: props.description,
      role: props.role.arn,
      runtime: props.runtime,
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: zip.path,
      // Terraform updates the function only when the content changes.
      sourceCodeHash: fileDigest(props.zipPath, 'base64'),
      timeout: timeoutSeconds,
      memorySize: MEMORY_MEGABYTES,
      environment: { variables: { ...props.environment } },
      loggingConfig: { logFormat: 'JSON', logGroup: props.logGroup.logGroupName },
      ...(traced && { tracingConfig: { mode: 'Active' } }),
      dependsOn: [...props.role.ready, props.logGroup.resource],
    });
  }
}
