/** A job run or a cluster that costs money now. */
export interface LiveCompute {
  readonly kind: 'job run' | 'cluster';
  readonly id: string;
  readonly name: string;
  /** The service's own word. */
  readonly state: string;
  readonly createdAt: Date;
  /** ARN of the execution that started it, from its tag; undefined when no workflow did. */
  readonly executionArn: string | undefined;
}

/** The compute of one pipeline. */
export interface Compute {
  /** Everything that runs or is about to; not what is ending already. */
  findLive(): Promise<readonly LiveCompute[]>;
  /** Asks the service to end it; the next list shows what has ended meanwhile, whatever the answer here. */
  end(live: LiveCompute): Promise<void>;
}
