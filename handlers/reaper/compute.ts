export interface LiveCompute {
  readonly kind: 'job run' | 'cluster';
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly createdAt: Date;
  /** ARN of the execution that started it, from its tag; undefined when no workflow started it. */
  readonly executionArn: string | undefined;
}

export interface Compute {
  /** Compute that is starting or running, but not ending. */
  findLive(): Promise<readonly LiveCompute[]>;
  /** Requests the end of the compute; only the next list shows the result. */
  end(live: LiveCompute): Promise<void>;
}
