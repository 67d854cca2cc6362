/** Tags that the project sets; the provider adds them to every resource. */
export const OWN_TAGS = ['project', 'stage', 'managed-by'] as const;

/**
 * Limit of S3 objects, which is the lowest of all resources of the stacks; Terraform also tags the jars and scripts in S3.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export const MAX_TAGS = 10;

/** Allowed characters of EMR Serverless, the most restrictive service: TagKey and TagValue, EMR Serverless API reference. */
const KEY = /^[\w /.:=+@-]{1,128}$/;
const VALUE = /^[\w /.:=+@-]{0,256}$/;

const FORM =
  'expected key=value pairs, separated by commas: letters a-z and A-Z, digits, space and _.:/=+-@, ' +
  'a key of 1 to 128 and a value of at most 256 characters, no key that starts with aws:';

/**
 * Parses `key=value,key=value`; the first `=` separates the key from the value.
 *
 * @returns the tags, or an error message
 */
export function parseTags(text: string): Readonly<Record<string, string>> | string {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  const tags: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, at)).trim();
    const value = pair.slice(at + 1).trim();
    if (!KEY.test(key) || !VALUE.test(value) || /^aws:/i.test(key)) return FORM;
    tags[key] = value;
  }
  const all = [...new Set([...OWN_TAGS, ...Object.keys(tags)])];
  const twins = all.filter((key) => all.some((other) => other !== key && sameForIam(other, key)));
  if (twins.length > 0) return `${twins.join(' and ')} differ only in case; IAM treats them as the same key`;
  if (all.length <= MAX_TAGS) return tags;
  return (
    `these tags and the tags of the project (${OWN_TAGS.join(', ')}) are ${all.length} tags; an object in S3 allows ` +
    `${MAX_TAGS}. Specify at most ${MAX_TAGS - OWN_TAGS.length}`
  );
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
function sameForIam(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
