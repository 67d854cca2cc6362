import { isAbsolute, join, relative } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, LocalBackend, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { Names } from '../config/names';
import { runtimeProblem } from '../config/lifecycle';
import { type Settings, SettingsError } from '../config/settings';
import { stateFolder, stateName } from '../config/state-location';
import type { OWN_TAGS } from '../config/tags';
import { DataKey } from '../constructs/data-key';
import { LogGroup } from '../constructs/log-group';
import { NodeFunction } from '../constructs/node-function';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { PrivateBucket, type PrivateBucketProps } from '../constructs/private-bucket';
import { ServiceRole, type ServiceRoleProps } from '../constructs/service-role';
import { tracingStatement } from '../constructs/support/tracing';
import { keyPolicyStatements, useDataKey } from './data-key-permissions';
import { s3EndpointStatements } from './s3-endpoint-permissions';

export interface BaseStackProps {
  readonly settings: Settings;
  /** Folder of the project and of the state files of the local backend. */
  readonly projectFolder: string;
}

/** The managed policies of EMR and the conditions of the project require this tag. */
export const EMR_TAGS = { 'for-use-with-amazon-emr-managed-policies': 'true' };

/** Provider, tags, state and names of every stack. */
export class BaseStack extends TerraformStack {
  readonly settings: Settings;
  readonly names: Names;
  /** Known at plan time, so that a plan shows complete policies. */
  protected readonly accountId: string;
  private readonly partition: string;
  /** Customer managed key of the data of the stack. */
  readonly dataKey: DataKey | undefined;
  /** Bucket of the server access logs of the other buckets. */
  private readonly accessLogs: PrivateBucket | undefined;

  /** @param namePrefix prefix of the purpose in the names of resources that every stack has: empty, or the pipeline */
  constructor(
    scope: Construct,
    id: string,
    { settings, projectFolder }: BaseStackProps,
    protected readonly namePrefix: string,
  ) {
    super(scope, id);
    this.settings = settings;
    const provider = new AwsProvider(this, 'aws', {
      region: settings.region,
      defaultTags: [{ tags: this.commonTags() }],
    });
    const problem = runtimeProblem(
      settings.lambdaRuntime,
      String(provider.terraformGeneratorMetadata?.providerVersion),
    );
    if (problem !== undefined) throw new SettingsError(problem);
    this.accountId = new DataAwsCallerIdentity(this, 'account').accountId;
    this.partition = new DataAwsPartition(this, 'partition').partition;
    this.names = new Names(settings, this.accountId);
    this.configureBackend(projectFolder);
    this.dataKey = settings.customerManagedKeys ? this.createDataKey() : undefined;
    this.accessLogs = settings.accessLogs ? this.createAccessLogs() : undefined;
  }

  private createDataKey(): DataKey {
    const { appPrefix, stage, region } = this.settings;
    return new DataKey(this, 'DataKey', {
      description: `Data, logs and messages of the ${this.node.id} pipeline`,
      aliasName: this.names.plain(`${this.node.id}-data`),
      statements: keyPolicyStatements({
        rootArn: `arn:${this.partition}:iam::${this.accountId}:root`,
        region,
        logGroupArns: [this.arn('logs', `log-group:/aws/*/${appPrefix}-${stage}-*`)],
        topicArn: this.topicArn(),
        queueArn: this.deadLettersArn(),
      }),
    });
  }

  private createAccessLogs(): PrivateBucket {
    const { region, appPrefix, stage, forceDestroy, logRetentionDays } = this.settings;
    const bucketName = this.names.bucket(`${this.namePrefix}access-logs`);
    return new PrivateBucket(this, 'AccessLogsBucket', {
      bucketName,
      bucketArn: this.bucketArn(bucketName),
      forceDestroy,
      expireDays: logRetentionDays,
      logsOf: { accountId: this.accountId, bucketArns: this.bucketArn(`${region}-${appPrefix}-${stage}-*`) },
    });
  }

  protected topicArn(): string {
    return this.arn('sns', this.names.plain(`${this.namePrefix}alerts`));
  }

  protected deadLettersArn(): string {
    return this.arn('sqs', this.names.plain(`${this.namePrefix}dead-letters`));
  }

  /** Tags of every resource; tags of the settings do not override tags of the project. */
  commonTags(): Record<string, string> {
    const { tags, appPrefix, stage } = this.settings;
    const own: Record<(typeof OWN_TAGS)[number], string> = {
      project: appPrefix,
      stage,
      'managed-by': 'cdktf',
    };
    return { ...tags, ...own };
  }

  /** ARN of `resource` of `service` in this account and region. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.settings.region}:${this.accountId}:${resource}`;
  }

  protected bucketArn(bucketName: string): string {
    return `arn:${this.partition}:s3:::${bucketName}`;
  }

  roleArn(roleName: string): string {
    return `arn:${this.partition}:iam::${this.accountId}:role/${roleName}`;
  }

  bucket(
    id: string,
    purpose: string,
    options: Pick<PrivateBucketProps, 'versioned' | 'expireDays' | 'temporary'>,
  ): PrivateBucket {
    const bucketName = this.names.bucket(purpose);
    return new PrivateBucket(this, id, {
      bucketName,
      bucketArn: this.bucketArn(bucketName),
      forceDestroy: this.settings.forceDestroy,
      key: this.dataKey,
      accessLogs: this.accessLogs,
      ...options,
    });
  }

  logGroup(id: string, service: string, purpose: string): LogGroup {
    const logGroupName = this.names.logGroup(service, purpose);
    return new LogGroup(this, id, {
      logGroupName,
      logGroupArn: this.arn('logs', `log-group:${logGroupName}`),
      retentionDays: this.settings.logRetentionDays,
      key: this.dataKey,
    });
  }

  role(
    id: string,
    purpose: string,
    props: {
      readonly description: string;
      readonly service: string;
      readonly sourceArns?: readonly string[];
      readonly statedBy?: NonNullable<ServiceRoleProps['statedBy']>;
      readonly statements: readonly PolicyStatement[];
      readonly managedPolicyArn?: string;
      readonly accountId?: undefined;
    },
  ): ServiceRole {
    const roleName = this.names.role(purpose);
    return new ServiceRole(this, id, {
      roleName,
      roleArn: this.roleArn(roleName),
      accountId: this.accountId,
      ...props,
      statements: [
        ...props.statements,
        ...(this.dataKey ? useDataKey(props.statements, this.dataKey.keyArn, this.settings.region) : []),
      ],
    });
  }

  protected function(
    id: string,
    purpose: string,
    props: {
      readonly description: string;
      readonly zipPath: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly statements: readonly PolicyStatement[];
      readonly timeoutSeconds?: number;
    },
  ): NodeFunction {
    const { description, zipPath, environment, timeoutSeconds } = props;
    const traced = this.settings.monitoring.tracing;
    const functionName = this.names.function(purpose);
    const logGroup = this.logGroup(`${id}Logs`, 'lambda', `${purpose}-lambda`);
    const role = this.role(`${id}Role`, purpose, {
      description,
      service: 'lambda.amazonaws.com',
      statements: [...props.statements, logGroup.writeStatement(), ...(traced ? [tracingStatement()] : [])],
    });
    return new NodeFunction(this, id, {
      functionName,
      functionArn: this.arn('lambda', `function:${functionName}`),
      description,
      zipPath,
      runtime: this.settings.lambdaRuntime,
      role,
      logGroup,
      environment,
      traced,
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    });
  }

  /** Policy of the S3 endpoint of a network that uses these buckets. */
  s3EndpointStatements(bucketArns: readonly string[]): PolicyStatement[] {
    return s3EndpointStatements({
      region: this.settings.region,
      bucketArn: (bucketName) => this.bucketArn(bucketName),
      accountId: this.accountId,
      bucketArns,
    });
  }

  /** Output of the stack, not of a child construct, where cdktf adds a hash to the name. */
  output(name: string, value: string, description: string): void {
    new TerraformOutput(this, name, { value, description });
  }

  /** ARN of an AWS managed policy from its path and name. */
  managedPolicyArn(name: string): string {
    return `arn:${this.partition}:iam::aws:policy/${name}`;
  }

  private configureBackend(projectFolder: string): void {
    const { stateBucket, region, target } = this.settings;
    const name = stateName(this.settings, this.node.id);
    if (stateBucket !== undefined) {
      new S3Backend(this, { bucket: stateBucket, key: name, region, encrypt: true });
      // Native state locking of S3 (Terraform 1.10); cdktf has no property for it.
      this.addOverride('terraform.backend.s3.use_lockfile', true);
      return;
    }
    // Relative to the working directory of Terraform, so that the output does not depend on the machine.
    const outdir = App.of(this).outdir;
    const output = isAbsolute(outdir) ? outdir : join(projectFolder, outdir);
    const folder = stateFolder(projectFolder, target);
    new LocalBackend(this, { path: join(relative(join(output, 'stacks', this.node.id), folder), name) });
  }
}
