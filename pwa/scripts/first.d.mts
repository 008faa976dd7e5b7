export const FIRST_PAGES: readonly string[];
