/** Unsent words of the reviewer, sealed on this device: a closed tab loses nothing and a retry keeps its id. */
import { readMeta, writeMeta } from '../../core/localDb';
import { user } from '../../core/session';
import { open, type Sealed, seal } from '../../core/vault';
import { type Decision, hasWords, revived } from './decision';

export type Decisions = Readonly<Record<string, Decision>>;

const keyFor = (userId: string): string => `review/${userId}`;

/** What this user had written, or nothing when it cannot be opened. */
export async function loadDecisions(): Promise<Decisions> {
  const id = user.value?.id;
  if (!id) return {};
  const sealed = await readMeta<Sealed>(keyFor(id)).catch(() => undefined);
  const all: Decisions = sealed ? await open<Decisions>('meta', keyFor(id), sealed).catch(() => ({})) : {};
  return Object.fromEntries(Object.entries(all).map(([visit, decision]) => [visit, revived(decision)]));
}

/** Keeps what has words; on disk when the promise resolves. */
export async function saveDecisions(decisions: Decisions): Promise<void> {
  const id = user.value?.id;
  if (!id) return;
  const kept = Object.fromEntries(Object.entries(decisions).filter(([, decision]) => hasWords(decision)));
  await writeMeta(keyFor(id), await seal('meta', keyFor(id), kept));
}
