import { SECRET_TEXTS } from './secret-texts';

const PATTERNS = Object.values(SECRET_TEXTS);

export const HIDDEN = '(hidden)';

/** Whether a value is a placeholder of sensitive-values.ts. */
export function isHidden(value: unknown): boolean {
  return typeof value === 'string' && /^\(hidden\)(#\d+)?$/.test(value);
}

/** Names of secrets, as a part of a name between dots, dashes and underscores. */
const SECRET_NAME =
  /(^|[._-])(passphrase|psk|pre_?shared_?key|secret|secrets|token|api[_-]?key|private_?key|secret_?key|access_?key|client_?secret|credentials?|auth|authorization|origin[_-]verify|connection_?string|plaintext)([._-]|$)/i;

/** Suffixes of names of secrets: `PGPASSWORD`, `dbpass`; not `bypass` and `compass`. */
const SECRET_END = /(password|passwd|pwd|(?<!by|com|sur|under|over|tres)pass|secret|apikey|accesskey|psk)$/i;

/** Within a name: `password_old`; and `--key` of command lines, not a key of S3 or of a table. */
const SECRET_WORD = /(^|[._-])(password|passwd|pwd)([._-]|$)|^--key$/i;

/** Suffixes of names that are not secrets. */
const NO_SECRET = /(_arn|_arns|_id|_ids|_name|_enabled|_type|_path|_version|_days|_seconds|_policy)$/i;

/** Attributes that are secrets independent of their names, by resource type. */
const SECRET_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ['aws_ssm_parameter', ['value', 'insecure_value']],
]);

/** Length of a Slack token. Shorter secrets are found by a name or in a URL. */
const SHORTEST_SECRET = 15;

/** Base64 of at least 16 characters, which is decoded and searched. */
const BASE64 = /(?<![\w+/=-])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=-])/g;

export function hideSecrets(text: string): string {
  if (text.length < SHORTEST_SECRET && !/[=:]/.test(text)) return text;
  const hidden = PATTERNS.reduce((line, pattern) => line.replaceAll(pattern, HIDDEN), text);
  return hidden
    .replaceAll(BASE64, (found) => (holdsSecret(found) ? HIDDEN : found))
    .replaceAll(ACCESS_KEY, (found) => (isPathLike(found) ? found : HIDDEN));
}

/** A secret access key of AWS: 40 characters of base64, with letters of both cases and digits. */
const ACCESS_KEY =
  /(?<![\w/+=])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)(?=[\w/+]*[/+G-Zg-z])[\w/+]{40}(?![\w/+=])/g;

/** Whether base64 contains a secret, as user data may; compressed data counts as one. */
function holdsSecret(base64: string): boolean {
  // The header of gzip.
  if (base64.startsWith('H4sI')) return true;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const isText = /^[\t\n\r\x20-\x7E]+$/.test(text);
  return isText && PATTERNS.some((pattern) => text.search(pattern) >= 0);
}

/** Paths rarely change between lower case, upper case and digits; a random key does at every second character. */
function isPathLike(text: string): boolean {
  const kinds = Array.from(text, (character) =>
    /[a-z]/.test(character) ? 'a' : /[A-Z]/.test(character) ? 'A' : '0',
  );
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length < 11;
}

export function isSecretName(name: string): boolean {
  if (NO_SECRET.test(name)) return false;
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return SECRET_NAME.test(words) || SECRET_WORD.test(words) || SECRET_END.test(name);
}

/**
 * Whether the part of a resource at `path` is a secret: by its name, in the environment of a program, or as the value of
 * a name-value pair, such as a header.
 *
 * @param holders the objects with the part, before and after
 */
export function isSecretPart(type: string, path: readonly string[], holders: readonly unknown[]): boolean {
  const name = path.at(-1);
  if (name === undefined) return false;
  if (isSecretName(name) || isEnvironment(type, path)) return true;
  if (path.length === 1) return SECRET_ATTRIBUTES.get(type)?.includes(name) === true;
  return /^value$/i.test(name) && holders.some(isSecretPair);
}

function isSecretPair(holder: unknown): boolean {
  if (typeof holder !== 'object' || holder === null) return false;
  return Object.entries(holder).some(
    ([key, value]) => /^(name|key|header)$/i.test(key) && typeof value === 'string' && isSecretName(value),
  );
}

/** Whether the path is in the environment of a program. */
function isEnvironment(type: string, path: readonly string[]): boolean {
  if (type === 'aws_lambda_function') return path[0] === 'environment' && path.length > 2;
  return path.some((part) => /^environment(_?variables)?$/i.test(part)) && path.at(-1) !== 'name';
}

/** The mark at a path in a tree of marks; `true` applies to the whole subtree. */
export function isMarked(marks: unknown, path: readonly string[]): boolean {
  let mark = marks;
  for (const part of path) {
    if (mark === true) return true;
    if (typeof mark !== 'object' || mark === null) return false;
    mark = new Map<string, unknown>(Object.entries(mark)).get(part);
  }
  return mark === true;
}
