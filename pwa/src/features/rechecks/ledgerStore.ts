/** The ledger under the present filters, page by page, and the same as a file. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { Ledger, LedgerCounts } from '../../core/api/deskTypes';
import { fileOf } from '../../core/api/files';
import { joined } from '../../core/reading';
import { saveFile } from '../../core/relay/handOver';
import { type LedgerQuery, ledgerHref, ledgerSearch, ledgerWire, WHOLE } from './ledgerModel';

export interface LedgerRows {
  readonly query: LedgerQuery;
  readonly ledger: Ledger | null;
  /** The months there are, whatever the filters. */
  readonly months: readonly string[];
  readonly loading: boolean;
  readonly error: unknown;
}

const PAGE = 50;
const NOTHING: LedgerCounts = { causes: [], households: 0, months: [] };
const EMPTY: LedgerRows = { query: WHOLE, ledger: null, months: [], loading: false, error: null };
const now = signal<LedgerRows>(EMPTY);
let turn = 0;

export const ledger: ReadonlySignal<LedgerRows> = now;

async function readInto(cursor: string | null, mine: number): Promise<void> {
  now.value = { ...now.value, loading: true, error: null };
  try {
    const { query } = now.value;
    const wire = { ...ledgerWire(query), limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const page = await call(api.GET('/ledger', { params: { query: wire } }));
    if (mine !== turn) return;
    const before = cursor === null ? null : now.value.ledger;
    const items = joined(before?.items ?? [], page.items, (row) => row.visit_id);
    const read: Ledger = { ...NOTHING, ...before, ...page, items };
    now.value = { query, ledger: read, months: read.months, loading: false, error: null };
  } catch (error) {
    if (mine === turn) now.value = { ...now.value, loading: false, error };
  }
}

/** Reads the ledger of these filters; what is on screen of the same ones stays until the answer is here. */
export async function readLedger(query: LedgerQuery): Promise<void> {
  turn += 1;
  if (ledgerHref(query) !== ledgerHref(now.value.query))
    now.value = { ...EMPTY, query, months: now.value.months };
  await readInto(null, turn);
}

/** The page after those on screen. */
export async function moreLedger(): Promise<void> {
  const next = now.value.ledger?.next ?? null;
  if (next !== null && !now.value.loading) await readInto(next, turn);
}

/** Saves the ledger of these filters as a file for a spreadsheet. Rejects with what went wrong. */
export async function saveLedger(query: LedgerQuery, name: string): Promise<void> {
  saveFile(await fileOf(`/ledger/file${ledgerSearch(query)}`), name);
}

/** Forgets everything; for tests and sign-out. */
export function resetLedger(): void {
  turn += 1;
  now.value = EMPTY;
}
