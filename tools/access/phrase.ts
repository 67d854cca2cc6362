/** A sentence in which texts of a plan are separate, to be escaped where the sentence is rendered. */
export type Phrase = readonly (string | { readonly text: string })[];

/** A sentence with texts of a plan: phrase`attaches ${policy}`. */
export function phrase(parts: TemplateStringsArray, ...texts: readonly (string | Phrase)[]): Phrase {
  const given = texts.map((text): Phrase => (typeof text === 'string' ? [{ text }] : text));
  return parts.flatMap((part, index) => [part, ...(given[index] ?? [])]);
}

const MAX_LISTED = 3;

/** The first texts, and the number of the others. */
export function listed(texts: readonly string[]): Phrase {
  const shown = texts.slice(0, MAX_LISTED).flatMap((text, index) => [index === 0 ? '' : ', ', { text }]);
  return texts.length > MAX_LISTED ? [...shown, ` and ${texts.length - MAX_LISTED} more`] : shown;
}

/** The sentence as one text. */
export function renderPhrase(words: Phrase, quote: (text: string) => string = (text) => text): string {
  return words.map((part) => (typeof part === 'string' ? part : quote(part.text))).join('');
}
