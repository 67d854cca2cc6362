/** Text whose characters that control a terminal or do not show are codes; line feeds and tabs stay. */
export function visible(text: string): string;
