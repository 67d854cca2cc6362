/** Escapes control characters and invisible characters except line feeds and tabs. */
export function visible(text: string): string;
