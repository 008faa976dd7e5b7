/** Fetches one visit with the checklist it was made on; what was read once stays readable without the network. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../core/api/client';
import { ServerProblem } from '../core/api/problem';
import type { VisitDetail } from '../core/api/types';
import { checklist } from '../core/checklists';
import { user } from '../core/session';
import { type Checklist, readChecklist } from './checklist';
import { keepVisit, keptVisit } from './keep';

export interface VisitRecord {
  readonly visit: VisitDetail;
  readonly checklist: Checklist;
}

/** Enough for an evening of going back and forth. A first secretary's are on the device too (see `keep`). */
const KEPT = 40;
const kept = new Map<string, VisitRecord>();
const readable = new Map<string, Checklist>();
/** Counts changes of `kept`, so that screens follow. */
const version = signal(0);

/** How often a visit was dropped: an answer that was asked for before is older than what dropped it. */
const dropped = new Map<string, number>();

const keyOf = (id: string): string => `${user.value?.id ?? ''}/${id}`;

async function checklistOf(version: string): Promise<Checklist> {
  const known = readable.get(version);
  if (known) return known;
  const made = readChecklist(await checklist(version));
  readable.set(version, made);
  return made;
}

/** The visit as the server has it now; kept unless it was dropped while the server was asked. */
export async function fetchRecord(id: string): Promise<VisitRecord> {
  const key = keyOf(id);
  const before = dropped.get(key);
  const visit = await call(api.GET('/visits/{visit_id}', { params: { path: { visit_id: id } } }));
  const record = { visit, checklist: await checklistOf(visit.checklist_version) };
  if (dropped.get(key) !== before) return record;
  remember(key, record);
  void keepVisit(visit).catch(() => undefined);
  return record;
}

/** Puts a visit on the device as the server has it now, without bringing it to the screen. */
export async function storeRecord(id: string): Promise<void> {
  const visit = await call(api.GET('/visits/{visit_id}', { params: { path: { visit_id: id } } }));
  await checklistOf(visit.checklist_version);
  await keepVisit(visit);
}

function remember(key: string, record: VisitRecord): void {
  kept.delete(key);
  kept.set(key, record);
  version.value += 1;
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}

/** What the device keeps of a visit, where nothing newer was read; without a network it is all there is. */
async function recall(id: string): Promise<void> {
  const key = keyOf(id);
  if (kept.has(key)) return;
  const visit = await keptVisit(id);
  if (visit === null) return;
  const record = { visit, checklist: await checklistOf(visit.checklist_version) };
  if (!kept.has(key)) remember(key, record);
}

/** The visit as it was last read, or undefined. */
export const keptRecord = (id: string): VisitRecord | undefined => kept.get(keyOf(id));

/** Drops what was read, so that the next look asks the server. */
export function forgetRecord(id: string): void {
  const key = keyOf(id);
  dropped.set(key, (dropped.get(key) ?? 0) + 1);
  if (kept.delete(key)) version.value += 1;
}

/** Drops everything read; for tests and sign-out. */
export function forgetRecords(): void {
  kept.clear();
  readable.clear();
}

/** Reads a visit in advance (the next one of a list); a failure is silent, the real look will say it. */
export function prefetchRecord(id: string): void {
  if (!keptRecord(id)) void fetchRecord(id).catch(() => undefined);
}

export interface RecordState {
  record: VisitRecord | null;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

/** The visit on screen: at once what was read before, then what the server says. */
export function useRecord(id: string | null): RecordState {
  const [round, setRound] = useState(0);
  const [failure, setFailure] = useState<{ id: string; error: unknown } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round reads the same visit again
  useEffect(() => {
    if (id === null) return undefined;
    let gone = false;
    setFailure(null);
    fetchRecord(id).catch(async (error: unknown) => {
      if (isGone(error)) forgetRecord(id);
      else await recall(id).catch(() => undefined);
      if (!gone) setFailure({ id, error });
    });
    return () => {
      gone = true;
    };
  }, [id, round]);
  // Subscribes: a visit read again elsewhere (after a refused decision) is drawn anew.
  version.value;
  const record = id === null ? null : (keptRecord(id) ?? null);
  const error = failure?.id === id ? failure?.error : null;
  return { record, error, loading: record === null && error === null, reload: () => setRound(round + 1) };
}

/** The server says that this visit is not ours to see: what was read before must not stay on screen. */
function isGone(error: unknown): boolean {
  return error instanceof ServerProblem && (error.problem.status === 404 || error.problem.status === 403);
}
