/** What a grid member's phone loads before her worklist, besides the page itself: sign-in, lock and list. */
export const FIRST_PAGES = [
  'src/features/account/login.tsx',
  'src/features/account/lock.tsx',
  'src/features/households/index.tsx',
];
