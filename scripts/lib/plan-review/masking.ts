/** What stands in the place of a value that must not be shown. */
export const HIDDEN = '(hidden)';

/** Last part of an attribute's path that names a secret. */
const SECRET_NAME =
  /(^|[._-])(password|passwd|pwd|passphrase|secret|secrets|token|api_?key|private_?key|secret_?key|access_?key|client_?secret|credentials?|auth|authorization|connection_?string)([._-]|$)/i;

/** Names that only sound like one. */
const NO_SECRET = /(_arn|_arns|_id|_ids|_name|_enabled|_type|_path|_version|_days|_seconds|_policy)$/i;

/** Values that are secrets wherever they stand. */
const SECRET_VALUES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\b(gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,255}|xox[abprs]-[\w-]{10,255}|npm_\w{30,255})/g,
  /\b(sk|rk)_(live|test)_\w{16,255}/g,
  /\beyJ[\w-]{10,4000}\.[\w-]{10,4000}\.[\w-]{5,4000}/g,
  // user:password@ of a URL
  /(?<=\w:\/\/)[^\s/:@]{1,100}:[^\s/@]{1,200}(?=@)/g,
  // name=value inside of longer text, such as command lines and connection strings
  /(?<=(password|passwd|pwd|secret|token|api_?key|access_?key)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]{4,200}/gi,
];

/** A secret access key of AWS has 40 characters of base64, letters of both cases and digits. */
const ACCESS_KEY =
  /(?<![\w/+=])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)(?=[\w/+]*[/+G-Zg-z])[\w/+]{40}(?![\w/+=])/g;

/** Shorter secrets stand after a name or in a URL: a Slack token has 15 characters. */
const SHORTEST_SECRET = 15;

/** A text whose parts that look like secrets are hidden. */
export function hideSecrets(text: string): string {
  if (text.length < SHORTEST_SECRET && !/[=:]/.test(text)) return text;
  const hidden = SECRET_VALUES.reduce((line, pattern) => line.replaceAll(pattern, HIDDEN), text);
  return hidden.replaceAll(ACCESS_KEY, (found) => (isPathLike(found) ? found : HIDDEN));
}

/** Folders and names change seldom between small letters, capitals and digits; a random key does at every other character. */
function isPathLike(text: string): boolean {
  const kinds = Array.from(text, (character) =>
    /[a-z]/.test(character) ? 'a' : /[A-Z]/.test(character) ? 'A' : '0',
  );
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length < 11;
}

/** Whether the name of an attribute says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')) && !NO_SECRET.test(name);
}

/** Whether the environment of a program stands there, whose values are never shown. */
export function isEnvironment(type: string, path: readonly string[]): boolean {
  if (type === 'aws_lambda_function') return path[0] === 'environment' && path.length > 2;
  return path.some((part) => /^environment(_?variables)?$/i.test(part)) && path.at(-1) !== 'name';
}

/** The mark of a value in a tree of marks of the same shape: `true` counts for all below it. */
export function isMarked(marks: unknown, path: readonly string[]): boolean {
  let mark = marks;
  for (const part of path) {
    if (mark === true) return true;
    if (typeof mark !== 'object' || mark === null) return false;
    mark = new Map<string, unknown>(Object.entries(mark)).get(part);
  }
  return mark === true;
}
