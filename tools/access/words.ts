/** Words in which texts of a plan are apart: where they are shown decides how they are written. */
export type Words = readonly (string | { readonly text: string })[];

/** Words with texts of the plan in them: say`lets ${who} in`. */
export function say(parts: TemplateStringsArray, ...texts: readonly (string | Words)[]): Words {
  const given = texts.map((text): Words => (typeof text === 'string' ? [{ text }] : text));
  return parts.flatMap((part, index) => [part, ...(given[index] ?? [])]);
}

/** More are counted. */
const MAX_LISTED = 3;

/** Some texts of the plan, and how many more. */
export function listed(texts: readonly string[]): Words {
  const shown = texts.slice(0, MAX_LISTED).flatMap((text, index) => [index === 0 ? '' : ', ', { text }]);
  return texts.length > MAX_LISTED ? [...shown, ` and ${texts.length - MAX_LISTED} more`] : shown;
}

/** The words as one text. */
export function written(words: Words, quote: (text: string) => string = (text) => text): string {
  return words.map((part) => (typeof part === 'string' ? part : quote(part.text))).join('');
}
