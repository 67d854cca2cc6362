export const NEEDED: readonly string[];
export const NOT_NEEDED: readonly string[];
