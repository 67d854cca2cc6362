import * as z from 'zod';
import { errorMessage } from '../cli/errors';

/** Parses JSON; invalid JSON is an issue of the schema. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: errorMessage(error) });
    return z.NEVER;
  }
});
