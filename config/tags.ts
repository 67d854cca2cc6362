/** Tags that the project itself sets; the provider puts them on every resource. */
export const OWN_TAGS = ['project', 'stage', 'managed-by'] as const;

/**
 * Terraform tags the jars and scripts in S3 too, and an S3 object takes 10 tags, fewer than anything else that we make.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export const MAX_TAGS = 10;

/** What a tag of a job run may hold, the narrowest of all services: TagKey and TagValue, EMR Serverless API reference. */
const KEY = /^[\w /.:=+@-]{1,128}$/;
const VALUE = /^[\w /.:=+@-]{0,256}$/;

const FORM =
  'expected key=value pairs, separated by commas: letters a-z and A-Z, digits, space and _.:/=+-@, ' +
  'a key of 1 to 128 and a value of at most 256 characters, no key beginning with aws:';

/**
 * Reads `key=value,key=value`; what follows the first `=` is the value.
 *
 * @returns the tags, or what is wrong with `text`
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
  if (twins.length > 0) return `${twins.join(' and ')} differ in case only, which IAM takes for the same key`;
  return all.length <= MAX_TAGS ? tags : tooMany(all.length);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
function sameForIam(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function tooMany(count: number): string {
  return (
    `these and our own (${OWN_TAGS.join(', ')}) are ${count} tags; an object in S3 takes ${MAX_TAGS}. ` +
    `Give at most ${MAX_TAGS - OWN_TAGS.length}`
  );
}
