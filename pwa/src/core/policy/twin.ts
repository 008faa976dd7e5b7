/** What the comparison with the server's engine drives (tests/policy/twin); no part of the app. */
export { decimal, fromText } from './decimal';
export { openBench } from './engine';
export { evaluate } from './expression';
