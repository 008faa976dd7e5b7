/** The rules of the user's county on this phone: downloaded with the households, sealed like them. */
import { api, call } from '../api/client';
import { now } from '../clock';
import { readMeta, writeMeta } from '../localDb';
import { userId } from '../session';
import { open, type Sealed, seal } from '../vault';
import type { CompactPack } from './pack';

const FORM = 1;
const FRESH_MS = 15 * 60_000;
let refreshedAt = Number.NEGATIVE_INFINITY;
const key = (): string => `policy/${userId()}`;

/** Downloads the rules and keeps them; rules in a form that this version cannot read leave the old ones. */
export async function refreshPolicy(): Promise<void> {
  const place = key();
  const pack = await call(api.GET('/policy'));
  if (pack.form === FORM) await writeMeta(place, await seal('meta', place, pack));
  refreshedAt = now();
}

/** Fetches the rules again when they are no longer fresh, for the next form; without a network nothing happens. */
export function keepFresh(): void {
  if (now() - refreshedAt > FRESH_MS) refreshPolicy().catch(() => undefined);
}

/** The rules kept on this phone, else those of the server; rejects without either. */
export async function policy(): Promise<CompactPack> {
  const place = key();
  const sealed = await readMeta<Sealed>(place);
  if (!sealed) await refreshPolicy();
  const kept = sealed ?? (await readMeta<Sealed>(place));
  if (!kept) throw new Error('no rules on this phone');
  return open<CompactPack>('meta', place, kept);
}
