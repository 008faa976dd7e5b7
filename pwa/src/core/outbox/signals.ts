/** What screens see of the outbox: every saved operation and what is known of the server, kept in step with the disk. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Problem, Severity } from '../api/types';
import { noteServerOffset } from '../clock';
import { user } from '../session';
import { readState } from '../sync/state';
import type { OpKind, OpResult, SignedReceipt } from '../sync/wire';
import type { PhotoEntry, State, WaitReason } from './entry';
import { arrived } from './returns';
import { forgetRecords, loadRecords } from './rows';
import { NO_CONTACT, type OpRecord, SCHEMA_V, type SyncState } from './storage';

/** A saved operation as lists show it. */
export interface OutboxItem {
  opId: string;
  kind: OpKind;
  /** Of a visit its id, which is the operation's; of an edit the operation's as well. */
  visitId: string;
  householdId: string;
  headName: string;
  /** When it was saved on this phone, milliseconds. */
  savedAt: number;
  state: State;
  /** When it came into this state, milliseconds. */
  since: number;
  /** Why it waits, when it waits. */
  reason: WaitReason | null;
  /** Why the server holds it or refused it. */
  code: string | null;
  problem: Problem | null;
  nextTryAt: number;
  /** The number to ask the server by, once it signed for the text. */
  receipt: string | null;
  /** The receipt carries the server's signature. */
  receiptSigned: boolean;
  /** When the server signed for it, ISO instant. */
  receivedAt: string | null;
  severity: Severity | null;
  photos: readonly PhotoEntry[];
  photosSent: number;
  photosRefused: number;
  /** When it was last written into a file for somebody to carry; null when it never was. */
  exportedAt: number | null;
  /** The operation that took the place of this refused one. */
  correctedBy: string | null;
  /** The visit that this one replaces at the server, for example a returned one. */
  revises: string | null;
}

const items = signal<readonly OutboxItem[]>([]);
const travelling = signal<ReadonlySet<string>>(new Set());
const server = signal<SyncState>(NO_CONTACT);

/** Every operation saved on this phone by the signed-in user, newest first; sent ones stay as history. */
export const outboxItems: ReadonlySignal<readonly OutboxItem[]> = items;

/** Operations whose texts are in a request right now. */
export const sendingIds: ReadonlySignal<ReadonlySet<string>> = travelling;

/** What is known of the server: last contact, epoch, how far its backups reach, what it wants of this phone. */
export const syncState: ReadonlySignal<SyncState> = server;

/** The server no longer takes what this version of the app saves: it keeps it, and the app wants an update. */
export const updateNeeded: ReadonlySignal<boolean> = computed(() => (server.value.schemaMin ?? 0) > SCHEMA_V);

/** Those the server has not signed for completely, refused ones included; not those it holds, nor corrected ones. */
export const unsent: ReadonlySignal<readonly OutboxItem[]> = computed(() =>
  items.value.filter((item) => !(arrived(item.state) || item.state === 'held') && item.correctedBy === null),
);

/** The visits among them. */
export const savedVisits: ReadonlySignal<readonly OutboxItem[]> = computed(() =>
  items.value.filter((item) => item.kind === 'visit'),
);

function receiptOf(result: OpResult | null): SignedReceipt | null {
  return result && 'receipt' in result ? result.receipt : null;
}

function toItem(record: OpRecord): OutboxItem {
  const { entry } = record;
  const receipt = receiptOf(entry.result);
  const tries = entry.state === 'accepted' ? entry.media : entry.text;
  return {
    opId: record.op_id,
    kind: record.kind,
    visitId: record.op_id,
    householdId: record.household_id,
    headName: record.head_name,
    savedAt: record.saved_at,
    state: entry.state,
    since: entry.since,
    reason: tries.reason,
    code: entry.code,
    problem: entry.problem,
    nextTryAt: tries.notBefore,
    receipt: receipt?.number ?? null,
    receiptSigned: typeof receipt?.signature === 'string',
    receivedAt: receipt?.received_at ?? null,
    severity: entry.result && 'severity' in entry.result ? entry.result.severity : null,
    photos: entry.photos,
    photosSent: entry.photos.filter((photo) => photo.state === 'sent' || photo.state === 'ready').length,
    photosRefused: entry.photos.filter((photo) => photo.state === 'refused').length,
    exportedAt: entry.exportedAt ?? null,
    correctedBy: record.corrected_by,
    revises: record.revises,
  };
}

/** Reads rows and state again, after a change here or in another tab. */
export async function reloadOutbox(): Promise<void> {
  const owner = user.value?.id;
  if (!owner) forgetRecords();
  const records = owner ? await loadRecords(owner) : [];
  const state = owner ? await readState(owner) : NO_CONTACT;
  if (user.value?.id !== owner) return;
  items.value = records.map(toItem).reverse();
  server.value = state;
  noteServerOffset(state.offsetMs);
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('liangdeng-outbox');

/** After a change on disk: this tab's screens and the other tabs' follow. */
export async function outboxChanged(): Promise<void> {
  await reloadOutbox();
  channel?.postMessage('changed');
}

/** Screens follow soon: many changes in a row are read once. */
const SOON_MS = 100;
let soon: ReturnType<typeof setTimeout> | undefined;

/** The same for the engine, which does not wait for the screen. */
export async function outboxChanges(): Promise<void> {
  if (soon !== undefined) return;
  soon = setTimeout(() => {
    soon = undefined;
    void outboxChanged().catch(() => undefined);
  }, SOON_MS);
}

/** The worklist on disk is another: the other tabs' screens follow. */
export function announceWorklist(): void {
  channel?.postMessage('worklist');
}

/** Calls back when another tab changed saved work, or the worklist. */
export function onOtherTab(what: 'changed' | 'worklist', follow: () => void): void {
  channel?.addEventListener('message', ({ data }) => {
    if (data === what) follow();
  });
}

/** Notes what is on its way, for the screen only. */
export function noteSending(ids: readonly string[]): void {
  travelling.value = new Set(ids);
}
