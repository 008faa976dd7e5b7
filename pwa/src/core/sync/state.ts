/**
 * What this phone knows of the server, kept per user beside the work it belongs to: times, counts and tokens without a
 * meaning. The area of the user tells where somebody lives, and is sealed.
 */
import { read } from '../localDb';
import { NO_CONTACT, type SyncState } from '../outbox/storage';
import { open, type Sealed, seal } from '../vault';

/** Place of the sealed area in the meta store. */
export const SCOPE = 'sync.scope';

/** Place of a user's state in the meta store. */
export function stateKey(owner: string): string {
  return `sync/${owner}`;
}

/** A stored state, whatever version of the app wrote it; without the area. */
export function stateOf(stored: unknown): SyncState {
  return { ...NO_CONTACT, ...(stored as Partial<SyncState> | undefined), scope: null };
}

/** The area as it is stored. */
export function sealScope(scope: string | null): Promise<Sealed> {
  return seal('meta', SCOPE, scope);
}

/** What is known of the server for a user. */
export async function readState(owner: string): Promise<SyncState> {
  const [stored, sealed] = await read((database) =>
    Promise.all([database.get('meta', stateKey(owner)), database.get('meta', SCOPE)]),
  );
  const scope = sealed ? await open<string | null>('meta', SCOPE, sealed as Sealed) : null;
  return { ...stateOf(stored), scope };
}
