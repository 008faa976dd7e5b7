/**
 * Moves what a version before the vault kept into the vault of its owner: each row is sealed anew, on disk in its new
 * place before it leaves the old one. Ended at any moment it goes on with the next unlock; nobody uses the new place
 * before everything is in it. Rows of other users stay where they are until those sign in.
 */
import type { IDBPDatabase } from 'idb';
import type { Household } from '../api/types';
import { writeStrict } from '../localDb';
import { openPlain } from '../localDb/connection';
import { OLD_DB, OLD_VERSIONS, type OldSchema, type PhotoRow, type SealedRow } from '../localDb/schema';
import { firstRoster } from '../sync/roster';
import { SCOPE, sealScope, stateKey, stateOf } from '../sync/state';
import { accountId } from './accounts';
import { open, openBytes, type Sealed, seal, sealBytes } from './index';
import { movedSoFar, noteMoved } from './old';

type Old = IDBPDatabase<OldSchema>;
type RowStore = 'drafts' | 'visits' | 'outbox';

const OLD_KEY = 'vault.key';
const ROW_STORES: readonly RowStore[] = ['outbox', 'visits', 'drafts'];
const SEALED_META = ['policy/', 'review/'];
const strict = { durability: 'strict' } as const;

function openOld(): Promise<Old> {
  return openPlain<OldSchema>(OLD_DB, OLD_VERSIONS);
}

/** Runs with the old database and its key, if there is one that still holds anything. */
async function withOld<T>(work: (old: Old, key: CryptoKey) => Promise<T>): Promise<T | null> {
  const old = await openOld();
  try {
    const key = (await old.get('meta', OLD_KEY)) as CryptoKey | undefined;
    return key ? await work(old, key) : null;
  } finally {
    old.close();
  }
}

/** See `oldValue`. */
export async function plainValue<T>(key: 'device' | 'used'): Promise<T | undefined> {
  const old = await openOld();
  try {
    return (await old.get('meta', key)) as T | undefined;
  } finally {
    old.close();
  }
}

/** The sign-in that the old database holds, or null. */
export async function oldSession<T>(): Promise<T | null> {
  return withOld(async (old, key) => {
    const sealed = (await old.get('meta', 'session')) as Sealed | undefined;
    return sealed ? open<T>('meta', 'session', sealed, key).catch(() => null) : null;
  });
}

/** One user's share of the old database. */
class Move {
  private readonly old: Old;
  private readonly key: CryptoKey;
  private readonly owner: string;

  constructor(old: Old, key: CryptoKey, owner: string) {
    this.old = old;
    this.key = key;
    this.owner = owner;
  }

  async all(): Promise<void> {
    const photos = (await this.old.getAllKeys('photos')).length;
    noteMoved({ done: 0, all: photos + 1 });
    for (const store of ROW_STORES) await this.rows(store);
    await this.photos();
    await this.hidden();
    await this.checklists();
    await this.roster();
    await this.meta();
  }

  private async anew(place: string, key: string, sealed: Sealed): Promise<Sealed> {
    return sealBytes(place, key, await openBytes(place, key, sealed, this.key));
  }

  private async rows(store: RowStore): Promise<void> {
    const [keys, rows] = await Promise.all([this.old.getAllKeys(store), this.old.getAll(store)]);
    const mine = rows.flatMap((row, i) => (row.user_id === this.owner ? [{ key: keys[i] ?? '', row }] : []));
    const fresh = await Promise.all(
      mine.map(async ({ key, row }) => ({
        key,
        row: { ...row, sealed: await this.anew(store, key, row.sealed) },
      })),
    );
    await writeStrict([store], async (tx) => {
      const target = tx.objectStore(store);
      for (const { key, row } of fresh) if (!(await target.get(key))) await target.put(row as never, key);
    });
    const tx = this.old.transaction(store, 'readwrite', strict);
    await Promise.all([...mine.map(({ key }) => tx.store.delete(key)), tx.done]);
  }

  /** One by one: a phone need not have room for all of them twice. */
  private async photos(): Promise<void> {
    for (const key of await this.old.getAllKeys('photos')) {
      const row = await this.old.get('photos', key);
      if (row?.user_id === this.owner) await this.photo(key, row);
      if (movedSoFar.value) noteMoved({ ...movedSoFar.value, done: movedSoFar.value.done + 1 });
    }
  }

  private async photo(key: [string, string], row: PhotoRow): Promise<void> {
    const bytes = row.bytes && (await this.anew('photos', key.join('/'), row.bytes));
    await writeStrict(['photos'], async (tx) => {
      const target = tx.objectStore('photos');
      if (!(await target.get(key))) await target.put({ ...row, bytes }, key);
    });
    await this.old.delete('photos', key);
  }

  private ownKeys(): IDBKeyRange {
    return IDBKeyRange.bound(`${this.owner}/`, `${this.owner}/\uffff`);
  }

  private async opened<T>(
    store: 'households' | 'assignments' | 'hidden',
    place: string,
  ): Promise<[string, T][]> {
    const range = this.ownKeys();
    const [keys, rows] = await Promise.all([
      this.old.getAllKeys(store, range),
      this.old.getAll(store, range),
    ]);
    return Promise.all(
      (rows as SealedRow[]).map(async ({ sealed }, i) => {
        const key = keys[i] ?? '';
        return [key, await open<T>(place, key, sealed, this.key)] as [string, T];
      }),
    );
  }

  private async hidden(): Promise<void> {
    const rows = await this.opened<Household>('hidden', 'households');
    const fresh = await Promise.all(
      rows.map(async ([key, household]) => ({ key, sealed: await seal('hidden', key, household) })),
    );
    await writeStrict(['hidden'], async (tx) => {
      const target = tx.objectStore('hidden');
      for (const { key, sealed } of fresh) await target.put({ user_id: this.owner, sealed }, key);
    });
    await this.old.delete('hidden', this.ownKeys());
  }

  private async checklists(): Promise<void> {
    const [keys, all] = await Promise.all([this.old.getAllKeys('checklists'), this.old.getAll('checklists')]);
    const fresh = await Promise.all(all.map((one, i) => seal('checklists', keys[i] ?? '', one)));
    const current = await this.old.get('meta', 'checklist.current');
    await writeStrict(['checklists', 'meta'], async (tx) => {
      await Promise.all(fresh.map((sealed, i) => tx.objectStore('checklists').put(sealed, keys[i] ?? '')));
      if (current !== undefined) await tx.objectStore('meta').put(current, 'checklist.current');
    });
  }

  /** The list with its cursor, from single rows or from the chunks of the first version, whichever there is. */
  private async roster(): Promise<void> {
    const rows = (await this.opened<Household>('households', 'households')).map(([, row]) => row);
    const chunks = (await this.opened<Household[]>('assignments', 'assignments')).flatMap(([, some]) => some);
    const { rows: fresh, head, key } = await firstRoster(this.owner, rows.length > 0 ? rows : chunks);
    const state = await this.state();
    const scope = await sealScope(this.scopeOf(await this.old.get('meta', stateKey(this.owner))));
    await writeStrict(['roster', 'meta'], async (tx) => {
      const meta = tx.objectStore('meta');
      if (await meta.get(key)) return;
      for (const [name, row] of fresh) if (row) await tx.objectStore('roster').put(row, name);
      await meta.put(head, key);
      await meta.put(state, stateKey(this.owner));
      await meta.put(scope, SCOPE);
    });
    for (const store of ['households', 'assignments', 'aside'] as const)
      await this.old.delete(store, this.ownKeys());
  }

  private scopeOf(state: unknown): string | null {
    return (state as { scope?: string | null } | undefined)?.scope ?? null;
  }

  /** A set that was still being built is not taken over: it begins anew. */
  private async state() {
    const known = stateOf(await this.old.get('meta', stateKey(this.owner)));
    const at = ((await this.old.get('meta', `households.at/${this.owner}`)) as number | undefined) ?? null;
    const line =
      ((await this.old.get('meta', `households.line/${this.owner}`)) as string | undefined) ?? null;
    const shown = { pulledAt: known.pulledAt ?? at, incomeLine: known.incomeLine ?? line };
    return { ...known, ...shown, ...(known.building ? { cursor: null, building: false } : {}) };
  }

  /** The sign-in comes last: without it nobody could go on offline. */
  private async meta(): Promise<void> {
    const names = SEALED_META.map((prefix) => prefix + this.owner);
    const kept = [...names, ...((await this.isSignedIn()) ? ['session'] : [])];
    const fresh: [string, Sealed][] = [];
    for (const name of kept) {
      const sealed = (await this.old.get('meta', name)) as Sealed | undefined;
      if (sealed) fresh.push([name, await this.anew('meta', name, sealed)]);
    }
    const count = ((await this.old.get('meta', 'outbox.n')) as number | undefined) ?? 0;
    await writeStrict(['meta'], async (tx) => {
      const meta = tx.objectStore('meta');
      for (const [name, sealed] of fresh) if (!(await meta.get(name))) await meta.put(sealed, name);
      const own = ((await meta.get('outbox.n')) as number | undefined) ?? 0;
      await meta.put(Math.max(own, count), 'outbox.n');
    });
    const gone = [
      ...kept,
      ...['sync', 'households.at', 'households.line', 'offline.rest'].map((a) => `${a}/${this.owner}`),
    ];
    for (const name of gone) await this.old.delete('meta', name);
  }

  private async isSignedIn(): Promise<boolean> {
    const sealed = (await this.old.get('meta', 'session')) as Sealed | undefined;
    const session =
      sealed && (await open<{ user: { id: string } }>('meta', 'session', sealed, this.key).catch(() => null));
    return session?.user.id === this.owner;
  }
}

/** Ids of the users that have anything in the old database. */
async function ownersIn(old: Old, key: CryptoKey): Promise<Set<string>> {
  const owners = new Set<string>();
  for (const store of ROW_STORES) for (const row of await old.getAll(store)) owners.add(row.user_id);
  for (let at = await old.transaction('photos').store.openCursor(); at; at = await at.continue())
    owners.add(at.value.user_id);
  for (const store of ['households', 'assignments', 'aside', 'hidden'] as const)
    for (const name of await old.getAllKeys(store)) owners.add(name.split('/')[0] ?? '');
  for (const name of await old.getAllKeys('meta'))
    if (SEALED_META.some((prefix) => name.startsWith(prefix))) owners.add(name.split('/')[1] ?? '');
  const sealed = (await old.get('meta', 'session')) as Sealed | undefined;
  const session =
    sealed && (await open<{ user: { id: string } }>('meta', 'session', sealed, key).catch(() => null));
  if (session) owners.add(session.user.id);
  return owners;
}

async function move(id: string): Promise<void> {
  await withOld(async (old, key) => {
    const owners = await ownersIn(old, key);
    for (const owner of owners) {
      if ((await accountId(owner)) !== id) continue;
      await new Move(old, key, owner).all();
      owners.delete(owner);
    }
    // Nothing is sealed by the old key any more.
    if (owners.size === 0) await old.delete('meta', OLD_KEY);
  });
}

/** Moves everything of an account whose vault is open. Rejects when the phone is full; then it goes on next time. */
export async function takeOver(id: string): Promise<void> {
  try {
    if (navigator.locks) await navigator.locks.request('liangdeng-takeover', () => move(id));
    else await move(id);
  } finally {
    noteMoved(null);
  }
}
