/** Which answers of a refused visit the server did not take, each named as the form names it. */
import { signal } from '@preact/signals';
import { issueWords } from '../../core/api/problem';
import { checklist } from '../../core/checklists';
import { type Bilingual, pick, t } from '../../core/i18n';
import type { OutboxItem } from '../../core/outbox';

const SHOWN = 3;
const labels = signal<ReadonlyMap<string, Bilingual>>(new Map());

/** Has the questions' names at hand from now on; without them a line says only what is wrong. */
export async function learnQuestions(): Promise<void> {
  const { questions } = (await checklist()) as unknown as { questions: { id: string; label: Bilingual }[] };
  labels.value = new Map(questions.map(({ id, label }) => [id, label]));
}

/** A line for each of the first answers, and one for how many more there are. */
export function answersRefused(item: OutboxItem): string[] {
  if (item.kind !== 'visit') return []; // its form names the field
  const lines = Object.entries(item.problem?.errors ?? {}).flatMap(([question, list]) =>
    list.map(({ code }) => line(question, code)),
  );
  const found = [...new Set(lines)]; // a question asked of each member may be wrong in the same way twice
  const more = found.length - SHOWN;
  return more > 0 ? [...found.slice(0, SHOWN), t('outbox.answers', { n: more })] : found;
}

function line(question: string, code: string): string {
  const label = labels.value.get(question);
  const what = issueWords(code);
  return label ? t('outbox.answer', { question: pick(label), what }) : what;
}
