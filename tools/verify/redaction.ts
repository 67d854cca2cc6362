/** What a recording must not name. */
export interface Secrets {
  readonly account: string;
  readonly region: string;
  readonly prefix: string;
  readonly stage: string;
}

/** Ids that AWS gives, by what they stand for in a recording. */
const IDS: readonly (readonly [string, RegExp])[] = [
  ['cluster', /\bj-[0-9A-Z]{10,}\b/g],
  ['step', /\bs-[0-9A-Z]{10,}\b/g],
  ['fleet', /\bif-[0-9A-Z]{10,}\b/g],
  ['instance', /\bci-[0-9A-Z]{10,}\b/g],
  ['emr-serverless-id', /\b00[0-9a-z]{14}\b/g],
  ['uuid', /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g],
  ['principal', /\bA(?:KIA|SIA|ROA|IDA)[0-9A-Z]{12,}\b/g],
  ['ec2-id', /\b(?:vpc|subnet|sg|i|eni|rtb|vol|igw|vpce|ami)-[0-9a-f]{8,17}\b/g],
  ['host', /\bip(?:-\d{1,3}){4}\b/g],
  ['address', /\b(?:\d{1,3}\.){3}\d{1,3}\b/g],
  ['email', /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g],
  ['hash', /\b[0-9a-f]{64}\b/g],
  // The ends of S3's error texts.
  ['request-id', /(?<=Request ID: ?)[0-9A-Za-z+/=]{8,}/g],
];

/** Users and sessions; the roles of the stage begin with its base and stay. */
const PRINCIPAL =
  /\barn:aws[\w-]*:(?:iam|sts)::<account>:(?:user|assumed-role|federated-user)\/(?!<base>)[^"\\\s,]+/g;

/** Replaces account, region, names and ids by placeholders; the same one stands for the same thing in every text. */
export class Redaction {
  private readonly known = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly secrets: Secrets) {}

  /** The text with placeholders for what is not to be known. */
  redact(text: string): string {
    const { account, region, prefix, stage } = this.secrets;
    const named = text
      .replaceAll(`${prefix}-${stage}`, '<base>')
      .replaceAll(`${prefix}-${stage}`.replaceAll('-', '_'), '<base>')
      .replaceAll(account, '<account>')
      .replaceAll(region, '<region>')
      .replaceAll(stage, '<stage>');
    const redacted = [['principal-arn', PRINCIPAL] as const, ...IDS].reduce(
      (sum, [kind, pattern]) => sum.replaceAll(pattern, (id) => this.placeholder(kind, id)),
      named,
    );
    return redacted;
  }

  private placeholder(kind: string, id: string): string {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    const made = `<${kind}-${number}>`;
    this.known.set(id, made);
    return made;
  }
}
