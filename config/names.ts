import { Token } from 'cdktf';
import type { Settings } from './settings';

/** A physical name violates a limit of its AWS service. */
export class NameError extends Error {
  override readonly name = 'NameError';
}

interface Limit {
  readonly maxLength: number;
  readonly pattern: RegExp;
}

/** Limits from each service's API reference. */
const LIMITS = {
  bucket: { maxLength: 63, pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
  function: { maxLength: 64, pattern: /^[a-zA-Z0-9-_]+$/ },
  role: { maxLength: 64, pattern: /^[\w+=,.@-]+$/ },
  stateMachine: { maxLength: 80, pattern: /^[a-zA-Z0-9-_]+$/ },
  deliveryStream: { maxLength: 64, pattern: /^[a-zA-Z0-9_.-]+$/ },
  emrApplication: { maxLength: 64, pattern: /^[A-Za-z0-9._/#-]+$/ },
  studio: { maxLength: 256, pattern: /^[\w .-]+$/ },
  catalog: { maxLength: 255, pattern: /^[a-z0-9_]+$/ },
  plain: { maxLength: 64, pattern: /^[a-zA-Z0-9-_]+$/ },
  logGroup: { maxLength: 512, pattern: /^[.\-_/#A-Za-z0-9]+$/ },
  securityGroup: { maxLength: 255, pattern: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/ },
} as const satisfies Record<string, Limit>;

/** The account id is a token until Terraform runs; it always has twelve digits. */
const ACCOUNT_LENGTH_SAMPLE = '123456789012';

/** Every physical name of the two pipelines. */
export class Names {
  constructor(
    private readonly settings: Pick<Settings, 'appPrefix' | 'stage' | 'region'>,
    private readonly accountId: string,
  ) {}

  /** S3 bucket `REGION-PREFIX-STAGE-purpose-ACCOUNT`, globally unique. */
  bucket(purpose: string): string {
    return this.check('bucket', (account) => `${this.settings.region}-${this.base}-${purpose}-${account}`);
  }

  function(purpose: string): string {
    return this.check('function', () => `${this.base}-${purpose}-lambda`);
  }

  /** IAM role. IAM is global, so the name includes the region: two regions of one account do not collide. */
  role(purpose: string): string {
    return this.check('role', () => `${this.base}-${purpose}-${this.settings.region}`);
  }

  /** State machine of a pipeline; the click pipeline keeps the name of the original sample. */
  stateMachine(pipeline?: string): string {
    return this.check('stateMachine', () => [this.base, pipeline, 'state-machine'].filter(Boolean).join('-'));
  }

  deliveryStream(): string {
    return this.check('deliveryStream', () => `${this.base}-firehose-delivery-stream`);
  }

  /** EMR Serverless application; "loggregrator" is the spelling of the original sample and of its documented query. */
  emrApplication(): string {
    return this.check('emrApplication', (account) => `${this.base}-loggregrator-emr-${account}`);
  }

  studio(): string {
    return this.check('studio', () => `${this.base}-studio`);
  }

  /** Glue database without hyphens, so that Athena queries need no quotes. */
  database(pipeline?: string): string {
    return this.check('catalog', () => [this.base, pipeline].filter(Boolean).join('_').replaceAll('-', '_'));
  }

  /** `PREFIX-STAGE-purpose`: queue, schedule group, rule, KMS alias or security configuration. */
  plain(purpose: string): string {
    return this.check('plain', () => `${this.base}-${purpose}`);
  }

  /** Name of a pipeline in messages, in metrics, and in the tags and names of its clusters. */
  pipeline(stack: 'clicklogger' | 'covid'): string {
    return this.plain(stack === 'clicklogger' ? 'clicks' : stack);
  }

  /** Log group `/aws/<service>/PREFIX-STAGE-purpose`. */
  logGroup(service: string, purpose: string): string {
    return this.check('logGroup', () => `/aws/${service}/${this.base}-${purpose}`);
  }

  securityGroup(purpose: string): string {
    return this.check('securityGroup', () => `${this.base}-${purpose}`);
  }

  private get base(): string {
    return `${this.settings.appPrefix}-${this.settings.stage}`;
  }

  private check(kind: keyof typeof LIMITS, make: (account: string) => string): string {
    const { maxLength, pattern } = LIMITS[kind];
    const sample = make(Token.isUnresolved(this.accountId) ? ACCOUNT_LENGTH_SAMPLE : this.accountId);
    if (sample.length > maxLength) {
      throw new NameError(
        `The ${kind} name ${sample} has ${sample.length} characters; AWS allows ${maxLength}. Shorten APP_PREFIX or STAGE.`,
      );
    }
    if (!pattern.test(sample)) {
      throw new NameError(
        `The ${kind} name ${sample} is not allowed: it must match ${pattern.source}. Change APP_PREFIX or STAGE.`,
      );
    }
    return make(this.accountId);
  }
}
