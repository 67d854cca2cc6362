import * as z from 'zod';
import { errorMessage } from '../cli/errors';

/** The value of JSON text; other text is an issue, not an exception. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: errorMessage(error) });
    return z.NEVER;
  }
});
