/**
 * The facts that the phone's form gives: `node twin_facts.mjs FORM QUESTIONS ANSWERS`. The first line of QUESTIONS is
 * the checklist, each other one {"answers", "roster", "members", "today", "located"}; a line of facts is written for it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [form, questions, out] = process.argv.slice(2);
const { policyFacts, readForm } = await import(pathToFileURL(form).href);
const [first, ...rest] = readFileSync(questions, 'utf8').split('\n');
const checklist = JSON.parse(first);
const lines = rest.map((line) => {
  const { answers, located, ...situation } = JSON.parse(line);
  return JSON.stringify(policyFacts(readForm(checklist, answers, situation), located));
});
writeFileSync(out, `${lines.join('\n')}\n`);
