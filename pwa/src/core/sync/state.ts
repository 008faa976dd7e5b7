/** What this phone knows of the server, kept per user beside the work it belongs to. */
import { readMeta } from '../localDb';
import { NO_CONTACT, type SyncState } from '../outbox/storage';

/** Place of a user's state in the meta store. */
export function stateKey(owner: string): string {
  return `sync/${owner}`;
}

/** A stored state, whatever version of the app wrote it. */
export function stateOf(stored: unknown): SyncState {
  return { ...NO_CONTACT, ...(stored as Partial<SyncState> | undefined) };
}

/** What is known of the server for a user. */
export async function readState(owner: string): Promise<SyncState> {
  return stateOf(await readMeta(stateKey(owner)));
}
