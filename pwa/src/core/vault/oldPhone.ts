/** For tests: what a version before the vault leaves in a browser, written without any of the app's code. */
import { IDBFactory } from 'fake-indexeddb';
import { type IDBPDatabase, openDB } from 'idb';
import { vi } from 'vitest';
import type { User } from '../api/types';
import { sha256Hex } from '../canonical';
import { dataOf } from '../outbox/rows';
import { problem, record, visitResult } from '../outbox/testRecords';

const STORES = {
  1: ['meta', 'assignments', 'drafts', 'visits', 'outbox', 'photos', 'checklists'],
  2: ['households', 'aside', 'hidden'],
};

export const OWNER: User = {
  id: 'owner',
  username: 'grid1',
  display_name: '李梅',
  role: 'grid_member',
  department: null,
  locale: 'zh-CN',
  region: { code: '45032110020101', name: '', level: 'grid', path: [] },
};
export const FIFTY = Array.from({ length: 50 }, (_, i) => i);
export const photoBytes = (i: number) => new Uint8Array([255, 216, i, 7]);
/** The name under which such a photo is kept. */
export const photoHash = (i: number) => sha256Hex(photoBytes(i).buffer);
export const household = (i: number) => ({
  id: `h${i}`,
  number: String(i),
  region_code: '4503',
  head_name: '覃秀兰',
});

type Seal = (store: string, key: string, value: unknown) => Promise<unknown>;

function sealer(key: CryptoKey): Seal {
  return async (store, name, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const additionalData = new TextEncoder().encode(`${store}\n${name}`);
    const bytes =
      value instanceof Uint8Array ? value.slice() : new TextEncoder().encode(JSON.stringify(value));
    return {
      v: 1,
      iv,
      data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes),
    };
  };
}

/** A saved visit as version 0.1 wrote it. */
function oldData(id: string, i: number, hash: string, all: string | undefined) {
  const state = all ?? ['queued', 'sending', 'photos', 'complete', 'rejected', 'conflicted'][i % 6];
  const refused = state === 'rejected' || state === 'conflicted';
  return {
    visit_id: id,
    household_id: `h${i}`,
    head_name: '覃秀兰',
    saved_at: 1000 + i,
    sha256: `sha-${i}`,
    size: 900,
    ...(i % 2 === 0 ? { revises: null } : {}),
    entry: {
      state,
      attempts: 3,
      notBefore: 5,
      reason: state === 'queued' ? 'interrupted' : null,
      problem: refused ? problem : null,
      result: state === 'complete' || state === 'photos' ? visitResult() : null,
      photos: [{ sha256: hash, length: 4, kind: 'house', state: 'waiting', reason: null }],
    },
  };
}

type Old = IDBPDatabase;

async function putWork(
  old: Old,
  seal: Seal,
  owner: string,
  first: boolean,
  all: string | undefined,
): Promise<void> {
  const user_id = owner;
  for (const i of FIFTY) {
    const id = `${owner}-${i}`;
    const hash = await photoHash(i);
    const data = first ? oldData(id, i, hash, all) : dataOf(record(id, i + 1, [hash]));
    const body = { id, revises: i % 2 === 0 ? null : `${owner}-${i - 1}`, device: { app_version: '0.1.0' } };
    const shown = { user_id, n: i + 1, rev: 1, corrected_by: null };
    await old.put('outbox', { ...shown, sealed: await seal('outbox', id, data) }, id);
    await old.put('visits', { user_id, saved_at: 0, sealed: await seal('visits', id, body) }, id);
    const bytes = await seal('photos', `${id}/${hash}`, photoBytes(i));
    const photo = { visit_id: id, sha256: hash, user_id, kind: 'house', taken_at: '', length: 4, bytes };
    await old.put('photos', photo, [id, hash]);
  }
  for (const i of FIFTY.slice(0, 5)) {
    const key = `${owner}/h${i}`;
    const sealed = await seal('drafts', key, { note: `draft ${i}` });
    await old.put('drafts', { user_id, household_id: `h${i}`, saved_at: i, sealed }, key);
  }
}

async function putLists(old: Old, seal: Seal, owner: string, first: boolean): Promise<void> {
  const user_id = owner;
  const all = Array.from({ length: 230 }, (_, i) => household(i));
  if (first) {
    for (let at = 0; at < 3; at += 1) {
      const key = `${owner}/0000${at}`;
      const sealed = await seal('assignments', key, all.slice(at * 100, at * 100 + 100));
      await old.put('assignments', { user_id, saved_at: 1, sealed }, key);
    }
    await old.put('meta', 5, `households.at/${owner}`);
    await old.put('meta', '8700', `households.line/${owner}`);
    return;
  }
  for (const one of all) {
    const key = `${owner}/${one.id}`;
    await old.put('households', { user_id, sealed: await seal('households', key, one) }, key);
  }
  const hidden = `${owner}/gone`;
  await old.put('hidden', { user_id, sealed: await seal('households', hidden, { id: 'gone' }) }, hidden);
  await old.put('meta', { cursor: 'c', pulledAt: 7, incomeLine: '8700', epoch: 'e' }, `sync/${owner}`);
}

/**
 * A browser that a version before the vault was used in: fifty saved visits with a photo each, five drafts, 230
 * households, of the owner, who is signed in, and as much of somebody else. `first`: as version 0.1.0 wrote it, in all
 * states, or all in one.
 */
export async function oldPhone(first: boolean, all?: string): Promise<void> {
  vi.stubGlobal('indexedDB', new IDBFactory());
  const old = await openDB('liangdeng', first ? 1 : 2, {
    upgrade(database, before) {
      for (const [version, stores] of Object.entries(STORES))
        if (Number(version) > before && (Number(version) === 1 || !first))
          for (const store of stores) database.createObjectStore(store);
    },
  });
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const seal = sealer(key);
  await old.put('meta', key, 'vault.key');
  await old.put('meta', 'phone-1', 'device');
  await old.put('meta', true, 'used');
  await old.put('meta', 50, 'outbox.n');
  await old.put('meta', '2026-1', 'checklist.current');
  await old.put('checklists', { version: '2026-1', sections: [] }, '2026-1');
  const session = { user: OWNER, access: 'a', refresh: 'r' };
  await old.put('meta', await seal('meta', 'session', session), 'session');
  for (const owner of [OWNER.id, 'somebody']) {
    await putWork(old, seal, owner, first, all);
    await putLists(old, seal, owner, first);
    await old.put('meta', await seal('meta', `policy/${owner}`, { form: 1 }), `policy/${owner}`);
  }
  old.close();
}
