import * as z from 'zod';

/** @param tooSmall message for a value below `min`, when the reason is not obvious */
export const integer = (min: number, max: number, tooSmall?: string) => {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z.coerce
    .number(expected)
    .int(expected)
    .min(min, tooSmall ?? expected)
    .max(max, expected);
};

export const onOff = z
  .enum(['on', 'off', 'true', 'false'])
  .transform((value) => value === 'on' || value === 'true');

/** Values separated by commas. */
export const list = z
  .string()
  .transform((value) => value.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

/** @param expected description of a valid value, for the message */
export const matching = (pattern: RegExp, expected: string) =>
  z.string().regex(pattern, `expected ${expected}`);
