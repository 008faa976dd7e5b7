/**
 * The worklist on this phone: households sealed in chunks of 100, each with the ids that are in it, so that a page of
 * changes opens and rewrites only the chunks it touches. A set of chunks has a number: the one that is shown, and the
 * one that a full pull builds aside; showing the new one is writing its number.
 */
import type { Household } from '../api/types';
import { type ChunkRow, type HouseholdRow, writeStrict } from '../localDb';
import type { PullStep, SyncState } from '../outbox/storage';
import { seal } from '../vault';
import {
  HEAD,
  type Head,
  headOf,
  keyOf,
  keysOf,
  LISTS,
  type ListTx,
  openChunk,
  openRoster,
  readHead,
  readSet,
} from './rosterRows';
import { readState, SCOPE, sealScope, stateKey, stateOf } from './state';

export const CHUNK = 100;
const ATTEMPTS = 10;

interface Chunk {
  key: string;
  ids: string[];
  /** As it lies on the disk; null for a new one. */
  row: ChunkRow | null;
  /** Opened, once something in it changes. */
  list: Household[] | null;
  touched: boolean;
}

async function listOf(chunk: Chunk): Promise<Household[]> {
  chunk.list ??= chunk.row ? await openChunk(chunk.key, chunk.row) : [];
  return chunk.list;
}

/** One set of chunks while it is being changed; nothing is written here. */
class Edit {
  readonly set: number;
  private readonly chunks: Chunk[];
  private readonly at = new Map<string, Chunk>();

  constructor(set: number, chunks: Chunk[]) {
    this.set = set;
    this.chunks = chunks;
    for (const chunk of chunks) for (const id of chunk.ids) this.at.set(id, chunk);
  }

  static async of(set: number): Promise<Edit> {
    const [keys, rows] = await readSet(set);
    const chunks = rows.map((row, i) => ({ key: keys[i] ?? '', ids: [...row.ids], row, list: null }));
    return new Edit(
      set,
      chunks.map((chunk) => ({ ...chunk, touched: false })),
    );
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.at.keys());
  }

  private withRoom(): Chunk {
    const last = this.chunks.filter((chunk) => chunk.ids.length < CHUNK).at(-1);
    if (last) return last;
    const number = Number(this.chunks.at(-1)?.key.split('/')[1] ?? 0) + 1;
    const fresh = { key: keyOf(this.set, number), ids: [], row: null, list: [], touched: true };
    this.chunks.push(fresh);
    return fresh;
  }

  async put(households: readonly Household[]): Promise<void> {
    for (const household of households) {
      const chunk = this.at.get(household.id) ?? this.withRoom();
      const list = await listOf(chunk);
      const place = chunk.ids.indexOf(household.id);
      chunk.ids[place < 0 ? chunk.ids.length : place] = household.id;
      list[place < 0 ? list.length : place] = household;
      chunk.touched = true;
      this.at.set(household.id, chunk);
    }
  }

  async find(id: string): Promise<Household | undefined> {
    const chunk = this.at.get(id);
    return chunk && (await listOf(chunk))[chunk.ids.indexOf(id)];
  }

  async remove(ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      const chunk = this.at.get(id);
      if (!chunk) continue;
      const list = await listOf(chunk);
      const place = chunk.ids.indexOf(id);
      chunk.ids.splice(place, 1);
      list.splice(place, 1);
      chunk.touched = true;
      this.at.delete(id);
    }
  }

  /** What has to be written: a row for a chunk, null for one that is empty now. */
  async rows(owner: string): Promise<[string, ChunkRow | null][]> {
    const touched = this.chunks.filter((chunk) => chunk.touched);
    return Promise.all(
      touched.map(async (chunk) => [chunk.key, await sealChunk(owner, chunk)] as const),
    ) as Promise<[string, ChunkRow | null][]>;
  }
}

async function sealChunk(owner: string, { key, ids, list }: Chunk): Promise<ChunkRow | null> {
  return ids.length === 0 ? null : { user_id: owner, ids, sealed: await seal('roster', key, list) };
}

function hiddenKey(owner: string, id: string): string {
  return `${owner}/${id}`;
}

/** Rows outside of the list that unsent work still needs. */
async function hiddenRows(
  owner: string,
  from: Edit,
  ids: Iterable<string>,
  hide: ReadonlySet<string>,
): Promise<[string, HouseholdRow][]> {
  const found = await Promise.all([...ids].filter((id) => hide.has(id)).map((id) => from.find(id)));
  const rows = found.flatMap((household) => (household ? [household] : []));
  return Promise.all(
    rows.map(async (household) => {
      const key = hiddenKey(owner, household.id);
      return [key, { user_id: owner, sealed: await seal('hidden', key, household) }] as [
        string,
        HouseholdRow,
      ];
    }),
  );
}

/** Everything one transaction writes to the lists. */
interface Plan {
  head: Head;
  rows: [string, ChunkRow | null][];
  /** Sets that go as a whole. */
  drop: number[];
  hidden: [string, HouseholdRow][];
}

async function planPull(owner: string, head: Head, step: PullStep): Promise<Plan> {
  const next = Math.max(head.shown, head.aside ?? 0) + 1;
  const kept = step.clearAside ? null : head.aside;
  const drop = step.clearAside && head.aside !== null ? [head.aside] : [];
  const building = step.clearAside || step.aside.length > 0 || step.swap;
  const aside = building ? (kept === null ? new Edit(next, []) : await Edit.of(kept)) : null;
  await aside?.put(step.aside);
  const old = await Edit.of(head.shown);
  const shown = step.swap && aside ? aside : old;
  const left = shown === old ? [] : [...old.ids].filter((id) => !shown.ids.has(id));
  const hidden = await hiddenRows(owner, old, left, step.hide);
  if (shown !== old) drop.push(old.set);
  await shown.put(step.put);
  hidden.push(...(await hiddenRows(owner, shown, step.drop, step.hide)));
  await shown.remove(step.drop);
  const edits = new Set([shown, ...(aside ? [aside] : [])]);
  const rows = (await Promise.all([...edits].map((edit) => edit.rows(owner)))).flat();
  const builds = shown === aside ? null : (aside?.set ?? kept);
  return { head: { rev: head.rev + 1, shown: shown.set, aside: builds }, rows, drop, hidden };
}

async function writePlan(tx: ListTx, plan: Plan): Promise<void> {
  const store = tx.objectStore('roster');
  for (const set of plan.drop) await store.delete(keysOf(set));
  await Promise.all(plan.rows.map(([key, row]) => (row ? store.put(row, key) : store.delete(key))));
  await Promise.all(plan.hidden.map(([key, row]) => tx.objectStore('hidden').put(row, key)));
  await tx.objectStore('meta').put(plan.head, HEAD);
}

/** Hidden rows that no unsent work needs any more go. */
async function tidyHidden(tx: ListTx, hide: ReadonlySet<string>): Promise<void> {
  const store = tx.objectStore('hidden');
  for (const key of await store.getAllKeys()) if (!hide.has(key.split('/')[1] ?? '')) await store.delete(key);
}

/** Writes a plan and a change of the state unless the lists changed since it was made; tells whether it did. */
async function commit(
  owner: string,
  before: Head,
  plan: Plan,
  change: Partial<SyncState>,
  allows: (tx: ListTx, known: SyncState) => Promise<boolean>,
): Promise<'written' | 'refused' | 'moved'> {
  let outcome: 'written' | 'refused' | 'moved' = 'moved';
  const scope = change.scope === undefined ? null : await sealScope(change.scope);
  await writeStrict(LISTS, async (tx) => {
    const meta = tx.objectStore('meta');
    outcome = 'moved';
    if (headOf(await meta.get(HEAD)).rev !== before.rev) return;
    const known = stateOf(await meta.get(stateKey(owner)));
    outcome = (await allows(tx, known)) ? 'written' : 'refused';
    if (outcome === 'refused') return;
    await writePlan(tx, plan);
    if (scope) await meta.put(scope, SCOPE);
    await meta.put({ ...known, ...change, scope: null }, stateKey(owner));
  });
  return outcome;
}

async function insist(work: () => Promise<'written' | 'refused' | 'moved'>): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const outcome = await work();
    if (outcome !== 'moved') return outcome === 'written';
  }
  throw new Error('the worklist keeps changing');
}

/** A page and its cursor in one transaction; false, and nothing written, when the cursor is another by now. */
export function applyPull(owner: string, step: PullStep): Promise<boolean> {
  return insist(async () => {
    const head = await readHead();
    if ((await readState(owner)).cursor !== step.expect) return 'refused';
    const plan = await planPull(owner, head, step);
    return commit(owner, head, plan, step.state, async (tx, known) => {
      if (known.cursor !== step.expect) return false;
      await tidyHidden(tx, step.hide);
      return true;
    });
  });
}

/** Drops what lies outside a region code prefix and what was built aside, and writes the state. */
export async function leaveScope(
  owner: string,
  scope: string,
  hide: ReadonlySet<string>,
  change: Partial<SyncState>,
): Promise<void> {
  await insist(async () => {
    const head = await readHead();
    const shown = await Edit.of(head.shown);
    const outside = (await openRoster())
      .filter((row) => !row.region_code.startsWith(scope))
      .map(({ id }) => id);
    const hidden = await hiddenRows(owner, shown, outside, hide);
    await shown.remove(outside);
    const drop = head.aside === null ? [] : [head.aside];
    const plan = {
      head: { ...head, rev: head.rev + 1, aside: null },
      rows: await shown.rows(owner),
      drop,
      hidden,
    };
    return commit(owner, head, plan, change, async () => true);
  });
}

/** The first list of a vault, taken over from before there was one: chunks and head as they are to be written. */
export async function firstRoster(
  owner: string,
  households: readonly Household[],
): Promise<{ rows: [string, ChunkRow | null][]; head: Head; key: string }> {
  const edit = new Edit(1, []);
  await edit.put(households);
  return { rows: await edit.rows(owner), head: { rev: 1, shown: 1, aside: null }, key: HEAD };
}
