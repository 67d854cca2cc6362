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
  /** Zip with `index.mjs`, on disk at synth. */
  readonly zipPath: string;
  /** Lambda's identifier, e.g. `nodejs22.x`. */
  readonly runtime: string;
  readonly role: ServiceRole;
  readonly logGroup: LogGroup;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Seconds after which Lambda ends an invocation.
   * @default 30
   */
  readonly timeoutSeconds?: number;
  /** Whether invocations are traced with X-Ray; the role needs `tracingStatement()`. */
  readonly traced: boolean;
}

/** CPU follows it. */
const MEMORY_MEGABYTES = 256;

/** Lambda function from a bundled zip, on Graviton, writing structured logs to its own group. */
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
      // The content decides whether the function is updated, not the file's date.
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
