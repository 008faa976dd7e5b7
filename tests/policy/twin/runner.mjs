/**
 * Answers the comparison's questions with the phone's engine: `node runner.mjs ENGINE QUESTIONS ANSWERS`.
 *
 * QUESTIONS holds one JSON object a line: {"pack", "day"} sets the rules for the lines after it, {"facts"} is a
 * household (with {"why"} the evidence is wanted too); {"known": [[facts, params]…]} sets the households that each
 * {"node"} after it is asked about. {"$n": "text"} stands for a number that JSON cannot carry exactly. One line is
 * written to ANSWERS for each question; those about a node hold the answers of all households between bars.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [engine, questions, out] = process.argv.slice(2);
const { evaluate, fromText, openBench } = await import(pathToFileURL(engine).href);

const exact = (_key, value) => {
  const text = typeof value === 'object' && value !== null ? value.$n : undefined;
  if (text === undefined) return value;
  return /^-?\d+$/.test(text) ? BigInt(text) : fromText(text);
};

/** "m R-1|u R-2:a,b|k kind": who is met, what is open and what it asks, the kind. */
function verdict({ lights, unknown, kind, severity }) {
  const met = lights.map(({ rule }) => `m ${rule}`);
  const open = unknown.map(({ rule, ask }) => `u ${rule}:${ask.join(',')}`);
  return [...met, ...open, `k ${kind ?? '-'}`, `s ${severity}`].join('|');
}

/** The evidence behind each light, as the wire has it. */
const evidence = ({ lights }) =>
  JSON.stringify(
    lights.map(({ rule, severity, causes, articles, pack, pack_version }) => [
      rule,
      severity,
      causes.map(({ fact, value, threshold }) => [fact, value, threshold]),
      articles.map(({ id, document, text }) => [id, document, text]),
      pack,
      pack_version,
    ]),
  );

let bench;
let known = [];
const answers = [];
for (const line of readFileSync(questions, 'utf8').split('\n')) {
  if (line === '') continue;
  const asked = JSON.parse(line, exact);
  if (asked.known) {
    known = asked.known;
  } else if (asked.pack) {
    bench = openBench(asked.pack, asked.day);
  } else if (asked.node) {
    const each = known.map(([facts, params]) => evaluate(asked.node, facts, { params }));
    answers.push(each.map(({ value, ask }) => `${value} ${ask.join(',')}`).join('|'));
  } else {
    const judged = bench.judge(asked.facts);
    answers.push(asked.why ? `${verdict(judged)}\t${evidence(judged)}` : verdict(judged));
  }
}
writeFileSync(out, `${answers.join('\n')}\n`);
