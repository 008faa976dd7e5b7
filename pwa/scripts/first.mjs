/** What a grid member's phone loads before her worklist, besides the page itself and the lock in it: sign-in and list. */
export const FIRST_PAGES = ['src/features/account/login.tsx', 'src/features/households/index.tsx'];
