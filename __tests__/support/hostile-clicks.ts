import { clickFields } from '../../schemas/click';

/** Gives the same sequence of numbers from 0 to 1 for the same seed: https://en.wikipedia.org/wiki/Xorshift */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Texts that break pipelines: Unicode, terminals, JSON, CSV, Markdown, paths, languages. */
const PIECES = [
  'a',
  'Shop',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\u001b[31m',
  '\u001b]0;owned\u0007',
  '\u007f',
  '\u009b2J',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\u200b',
  '\u202egnp.exe',
  '\u2066',
  'é',
  'e\u0301',
  'ß',
  '\ud83d\ude00',
  '\ud800',
  '\udc00',
  '\udbff\udfff',
  '\uffff',
  '\ufffd',
  '\u{e0041}',
  '\u3164',
  'İ',
  'שלום',
  '"',
  "'",
  '\\',
  '\\u0000',
  '\\n',
  '{"a":1}',
  '}{',
  '[',
  'null',
  'NaN',
  'true',
  '-0',
  '1e999',
  '1'.repeat(400),
  '|',
  '||',
  '`',
  '```',
  '*',
  '_',
  '~~',
  '#1',
  '@octocat',
  '$x$',
  '<img src=x>',
  '&lt;',
  '![x](y)',
  'GH-1',
  'https://evil.example',
  'www.evil.example',
  'me@evil.example',
  '\n| 2026-03-04 | fake | row | 99 |',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  "'",
  ',',
  ';',
  '../',
  '/',
  '%00',
  '%2e',
  '$folder$',
  '${jndi:ldap://x}',
  '$1',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
  '\u{10ffff}',
  '\ud83d\u200d\ude00',
];

/** Times as sent, and as stored; undefined for invalid ones. */
export const TIMES: ReadonlyMap<string, string | undefined> = new Map([
  ['2023-02-08T10:15:30.123Z', '2023-02-08T10:15:30.123Z'],
  ['2023-02-08 10:15:30', '2023-02-08T10:15:30.000Z'],
  ['02-08-2023 10:15:30', '2023-02-08T10:15:30.000Z'],
  ['2023-02-08T01:15:30.123456789+05:30', '2023-02-07T19:45:30.123Z'],
  ['2024-02-29T23:59:59-00:01', '2024-03-01T00:00:59.000Z'],
  ['1582-10-10T00:00:00Z', '1582-10-10T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ...[
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    '0000-01-01T00:00:00+14:00',
    '2023-02-29T00:00:00Z',
    '2023-02-08T24:00:00Z',
    '2023-02-08T23:59:60Z',
    '2023-02-08T10:15:30+14:01',
    '2023-02-08',
    '1675851330',
    '+12023-02-08T10:15:30Z',
    '12-31-0000 00:00:00',
    '２023-02-08T10:15:30Z',
    '2023-02-08T10:15:30Z\n',
    '\u202e2023-02-08T10:15:30Z',
  ].map((text): [string, undefined] => [text, undefined]),
]);

const TIME_TEXTS = [...TIMES.keys()];

const OTHERS: readonly unknown[] = [null, 7, true, [], ['a'], {}, { a: 1 }, ''];

/**
 * `count` clicks and values that are not clicks, the same for the same seed. A request id that is text starts with the
 * index of its click.
 */
export function hostileClicks(seed: number, count: number): unknown[] {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const text = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(PIECES)).join('');
  const value = (name: string, index: number): unknown => {
    if (random() < 0.02) return pick(OTHERS);
    if (name === 'requestid') return `${index} ${text()}`;
    // Many clicks share these values and are counted together.
    const common = random() < 0.4;
    if (name === 'createdtime') return common ? '2023-02-08T10:15:30.123Z' : pick(TIME_TEXTS);
    return common ? 'common' : text();
  };
  return Array.from({ length: count }, (_, index) => {
    if (random() < 0.01) return pick(OTHERS);
    const names = clickFields
      .map(({ name, required }) => ({ name, there: random() > (required ? 0.01 : 0.3) }))
      .flatMap(({ name, there }) => (there ? [[name, value(name, index)]] : []));
    const extra = random() < 0.05 ? [[pick(['extra', '__proto__', 'User', 'data', '']), text()]] : [];
    return Object.fromEntries([...names, ...extra]) as unknown;
  });
}
