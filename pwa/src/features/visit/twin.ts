/** What the comparison of the form's facts with the server's drives (tests/checklists); no part of the app. */
export { policyFacts } from './facts';
export { readForm } from './model';
