/** Who uses this phone, and the proof of it. Losing the proof never touches work that waits. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { User } from './api/types';
import { readMeta, writeMeta, writeStrict } from './localDb';
import { open, type Sealed, seal } from './vault';

interface Session {
  user: User;
  access: string;
  refresh: string;
}

const META_KEY = 'session';
const current = signal<Session | null>(null);
const expired = signal(false);

/** The signed-in user, also while the server is out of reach or the proof has expired. */
export const user: ReadonlySignal<User | null> = computed(() => current.value?.user ?? null);

/** True when the server no longer takes our proof: data stays readable, sending waits for a new login. */
export const loginNeeded: ReadonlySignal<boolean> = expired;

/** The signed-in user's id; throws when nobody is signed in. */
export function userId(): string {
  const id = user.value?.id;
  if (!id) throw new Error('nobody is signed in');
  return id;
}

/** Tokens for the API client. */
export function tokens(): { access: string; refresh: string } | null {
  return current.value;
}

/** Reads the stored session at start; a session that cannot be opened counts as none. */
export async function restoreSession(): Promise<void> {
  const sealed = await readMeta<Sealed>(META_KEY);
  current.value = sealed ? await open<Session>('meta', META_KEY, sealed).catch(() => null) : null;
}

async function keep(session: Session): Promise<void> {
  await writeMeta(META_KEY, await seal('meta', META_KEY, session));
  current.value = session;
  expired.value = false;
}

/** Starts a session; on disk before it is used. */
export function startSession(user: User, access: string, refresh: string): Promise<void> {
  return keep({ user, access, refresh });
}

/** Stores a renewed access token. */
export async function renewAccess(access: string): Promise<void> {
  if (current.value) await keep({ ...current.value, access });
}

/** Notes that the server refused our proof. */
export function markExpired(): void {
  expired.value = true;
}

/** Ends the session on this phone; visits, photos and drafts stay, sealed and under their owner's id. */
export async function endSession(): Promise<void> {
  await writeStrict(['meta'], async (tx) => {
    await tx.objectStore('meta').delete(META_KEY);
  });
  current.value = null;
  expired.value = false;
}

/** An identifier of this installation, made once. */
export async function deviceId(): Promise<string> {
  const kept = await readMeta<string>('device');
  if (kept) return kept;
  const fresh = crypto.randomUUID();
  await writeMeta('device', fresh);
  return (await readMeta<string>('device')) ?? fresh;
}
