/** What waits for a decision of this person, read from the server; decisions are sent from here. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { HeldOperation, IncomingPage, Proposal } from '../../core/api/incomingTypes';
import { joined } from '../../core/reading';
import type { Side } from './model';

export interface Pile<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly error: unknown;
  readonly loading: boolean;
  /** Whether anything was read yet. */
  readonly known: boolean;
}

export interface Incoming {
  readonly proposals: Pile<Proposal>;
  readonly held: Pile<HeldOperation>;
}

const BLANK = { items: [], next: null, error: null, loading: false, known: false } as const;
const EMPTY: Incoming = { proposals: BLANK, held: BLANK };
const PAGE = 50;

const now = signal<Incoming>(EMPTY);
const sideNow = signal<Side>('open');
let turn = 0;

export const incoming: ReadonlySignal<Incoming> = now;
export const side: ReadonlySignal<Side> = sideNow;

type Kind = keyof Incoming;
type ItemOf<K extends Kind> = Incoming[K]['items'][number];

function readPage(kind: Kind, state: Side, cursor: string | null): Promise<IncomingPage<ItemOf<Kind>>> {
  const query = { state, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  if (kind === 'proposals') return call(api.GET('/proposals', { params: { query } }));
  return call(api.GET('/held', { params: { query } }));
}

function put(kind: Kind, pile: Partial<Pile<ItemOf<Kind>>>): void {
  now.value = { ...now.value, [kind]: { ...now.value[kind], ...pile } };
}

async function readInto(kind: Kind, cursor: string | null, mine: number): Promise<void> {
  put(kind, { loading: true, error: null });
  try {
    const page = await readPage(kind, sideNow.value, cursor);
    if (mine !== turn) return;
    const before: readonly ItemOf<Kind>[] = cursor === null ? [] : now.value[kind].items;
    const items = joined(before, page.items, (item) => item.id);
    put(kind, { items, next: page.next, loading: false, known: true });
  } catch (error) {
    if (mine === turn) put(kind, { loading: false, error });
  }
}

/** Reads both piles of a side from their beginning; what is on screen of the same side stays meanwhile. */
export async function openSide(next: Side): Promise<void> {
  turn += 1;
  if (sideNow.value !== next) now.value = EMPTY;
  sideNow.value = next;
  await Promise.all([readInto('proposals', null, turn), readInto('held', null, turn)]);
}

/** The page after the one on screen. */
export async function moreOf(kind: Kind): Promise<void> {
  const { next, loading } = now.value[kind];
  if (next !== null && !loading) await readInto(kind, next, turn);
}

/** Sends a decision; the same one sent again after a lost answer is one. Rejects with what went wrong. */
export async function decide(kind: Kind, id: string, yes: boolean, comment: string): Promise<void> {
  const words = comment.trim();
  if (kind === 'proposals')
    await call(
      api.POST('/proposals/{proposal_id}/decision', {
        params: { path: { proposal_id: id } },
        body: { decision: yes ? 'approved' : 'declined', comment: words },
      }),
    );
  else
    await call(
      api.POST('/held/{held_id}/decision', {
        params: { path: { held_id: id } },
        body: { decision: yes ? 'taken' : 'declined', comment: words },
      }),
    );
  const left = now.value[kind].items.filter((item) => item.id !== id);
  put(kind, { items: left });
}

/** Forgets everything; at sign-out and in tests. */
export function resetIncoming(): void {
  turn += 1;
  now.value = EMPTY;
  sideNow.value = 'open';
}
