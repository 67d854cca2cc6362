import { visible } from '../cli/visible.cjs';

export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | false | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes interpolated values for text and quoted attributes; `false` and `undefined` are omitted. */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    strings.map((text, index) => text + (index < values.length ? render(values[index]) : '')).join(''),
  );
}

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(render).join('');
  return String(content).replaceAll(/[&<>"']/g, (character) => String(ENTITIES[character]));
}

/** A link for an https: URL, otherwise the text. */
export function link(text: string, url: string | undefined): Content {
  return url !== undefined && /^https:\/\//i.test(url) && URL.canParse(url)
    ? markup`<a href="${url}" rel="noreferrer">${text}</a>`
    : text;
}

/** Applies `visible` to all texts and keys of a value. */
export function allVisible<T>(value: T): T;
export function allVisible(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map((item: unknown) => allVisible(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [visible(key), allVisible(item)]));
}
