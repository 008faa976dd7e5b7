/** A store in memory that keeps the promises of `SyncStorage`, for the tests of the engine. */
import type { Household } from '../api/types';
import {
  type ChangeEntry,
  NO_CONTACT,
  type OpRecord,
  type PullStep,
  type SyncState,
  type SyncStorage,
} from './storage';

export class MemoryStorage implements SyncStorage {
  records: OpRecord[] = [];
  bodies = new Map<string, object>();
  photos = new Map<string, ArrayBuffer>();
  rows = new Map<string, Household>();
  aside = new Map<string, Household>();
  hidden = new Map<string, Household>();
  known: SyncState = NO_CONTACT;
  /** Transactions left before the store fails, as a phone does that is killed; null when it does not. */
  left: number | null = null;

  /** A transaction: all of it or nothing. */
  private write(work: () => void): void {
    if (this.left !== null) {
      if (this.left === 0) throw new Error('killed');
      this.left -= 1;
    }
    work();
  }

  add(record: OpRecord, body: object, photos: ReadonlyMap<string, ArrayBuffer> = new Map()): void {
    this.records.push(record);
    this.bodies.set(record.op_id, body);
    for (const [sha256, bytes] of photos) this.photos.set(`${record.op_id}/${sha256}`, bytes);
  }

  async load(): Promise<OpRecord[]> {
    return [...this.records];
  }

  private change(ids: readonly string[] | null, change: ChangeEntry): OpRecord[] {
    const changed: OpRecord[] = [];
    this.records = this.records.map((record) => {
      const entry = ids === null || ids.includes(record.op_id) ? change(record.entry, record) : record.entry;
      if (entry === record.entry) return record;
      changed.push({ ...record, entry });
      return { ...record, entry };
    });
    return changed;
  }

  async update(ids: readonly string[], change: ChangeEntry, epoch?: string | null): Promise<void> {
    this.write(() => {
      if (epoch === undefined || epoch === this.known.epoch) this.change(ids, change);
    });
  }

  async body(opId: string): Promise<never> {
    return (this.bodies.get(opId) ?? null) as never;
  }

  async photo(opId: string, sha256: string): Promise<ArrayBuffer | null> {
    return this.photos.get(`${opId}/${sha256}`) ?? null;
  }

  async state(): Promise<SyncState> {
    return this.known;
  }

  async note(change: Partial<SyncState>): Promise<void> {
    this.write(() => {
      this.known = { ...this.known, ...change };
    });
  }

  async reset(change: ChangeEntry, state: Partial<SyncState>): Promise<void> {
    this.write(() => {
      this.change(null, change);
      this.known = { ...this.known, ...state };
    });
  }

  async applyPull(step: PullStep): Promise<boolean> {
    if (this.known.cursor !== step.expect) return false;
    this.write(() => {
      if (step.clearAside) this.aside.clear();
      for (const row of step.aside) this.aside.set(row.id, row);
      if (step.swap) this.swap(step.hide);
      for (const row of step.put) this.rows.set(row.id, row);
      for (const id of step.drop) this.drop(id, step.hide);
      for (const id of this.hidden.keys()) if (!step.hide.has(id)) this.hidden.delete(id);
      this.known = { ...this.known, ...step.state };
    });
    return true;
  }

  private swap(hide: ReadonlySet<string>): void {
    for (const id of [...this.rows.keys()]) if (!this.aside.has(id)) this.drop(id, hide);
    for (const [id, row] of this.aside) this.rows.set(id, row);
    this.aside.clear();
  }

  private drop(id: string, hide: ReadonlySet<string>): void {
    const row = this.rows.get(id);
    if (row && hide.has(id)) this.hidden.set(id, row);
    this.rows.delete(id);
  }

  async leaveScope(scope: string, hide: ReadonlySet<string>, state: Partial<SyncState>): Promise<void> {
    this.write(() => {
      for (const row of [...this.rows.values()])
        if (!row.region_code.startsWith(scope)) this.drop(row.id, hide);
      this.aside.clear();
      this.known = { ...this.known, ...state };
    });
  }

  async prune(ids: readonly string[], change: ChangeEntry, epoch: string | null): Promise<void> {
    this.write(() => {
      if (epoch !== this.known.epoch) return;
      for (const record of this.change(ids, change).filter(({ entry }) => entry.state === 'pruned')) {
        this.bodies.delete(record.op_id);
        for (const photo of record.entry.photos) this.photos.delete(`${record.op_id}/${photo.sha256}`);
      }
    });
  }
}
