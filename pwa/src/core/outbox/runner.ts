/** The one loop that keeps this phone and the server together: hello, texts, then photos, then the worklist. */
import { greet } from '../sync/hello';
import { tidy } from '../sync/prune';
import { type PullEnd, pull } from '../sync/pull';
import { believedAt, spend } from './allowance';
import { NO_REPLY, readPhotoStates, type Wait } from './answers';
import type { RunnerDeps } from './deps';
import { Line } from './line';
import { isPast, photosUnsure, textTravels, waitingPhoto, waitMs, wantsLine } from './machine';
import { BATCH_OPS, early, pickBatch, sendBatch, sendReport } from './push';
import type { OpRecord, SyncState } from './storage';
import { Uploads } from './uploads';

export type { HttpAnswer, HttpRequest, RunnerDeps } from './deps';

/** due: what is due; connection: a network may be back; all: a person asked for everything. */
export type Wake = 'due' | 'connection' | 'all';

/** Another tab sends; look again after this. */
const OTHER_TAB_MS = 30_000;
/** A phone that has nothing to send says hello so often, and takes a new worklist when its own is older. */
const HELLO_MS = 6 * 3_600_000;
const STALE_MS = 4 * 3_600_000;
/** Between questions about photos that the server has not looked at yet, doubling. */
const FIRST_ASK_MS = 60_000;
const LONGEST_ASK_MS = 3_600_000;
/** Rounds of one run; ends a loop that a faulty server would make endless. */
const MOST_ROUNDS = 2_000;

const STRENGTH: Record<Wake, number> = { due: 0, connection: 1, all: 2 };

/** Whether something last happened so long ago, never, or by a clock that was set back since. */
function isOld(at: number | null, age: number, now: number): boolean {
  return at === null || now - at >= age || now < at;
}

export class Runner {
  private readonly deps: RunnerDeps;
  private readonly uploads = new Uploads();
  private running: Promise<void> | null = null;
  private wanted: Wake | null = null;
  private pauseUntil = 0;
  /** A server that asked for a pause gets it, whatever the network does. */
  private pauseIsFirm = false;
  /** When a sign of a network that came too early is followed up. */
  private signUntil: number | null = null;
  private greetedAt: number | null = null;
  private asksAt = 0;
  private asksGap = 0;
  /** The visit whose photos were asked about last: the others come before it is asked about again. */
  private askedLast = '';
  private pulling: Promise<PullEnd> | null = null;

  constructor(deps: RunnerDeps) {
    this.deps = deps;
  }

  /** Does what there is to do; resolves when nothing is left to do now. */
  kick(wake: Wake = 'due'): Promise<void> {
    if (this.wanted === null || STRENGTH[wake] > STRENGTH[this.wanted]) this.wanted = wake;
    this.running ??= this.loop();
    return this.running;
  }

  /** Offers one operation again that was refused or is held, or waits. */
  async retry(opId: string): Promise<void> {
    const line = await this.line();
    await line.apply([opId], { type: 'retry', now: this.deps.now() });
    this.pauseUntil = 0;
    await this.kick();
  }

  /** Brings the worklist up to date now. */
  async pull(): Promise<PullEnd> {
    return this.pullOn(await this.line());
  }

  /** One pull at a time; whoever asks meanwhile gets the end of that one. */
  private pullOn(line: Line): Promise<PullEnd> {
    this.pulling ??= pull(line).finally(() => {
      this.pulling = null;
    });
    return this.pulling;
  }

  /** A conversation of its own with the server, or with what it sent in a file. */
  async line(): Promise<Line> {
    return new Line(this.deps, (await this.deps.storage.state()).offsetMs);
  }

  private async loop(): Promise<void> {
    try {
      while (this.wanted !== null) {
        const wake = this.wanted;
        this.wanted = null;
        await this.run(wake);
      }
    } finally {
      this.running = null;
    }
  }

  private async run(wake: Wake): Promise<void> {
    const ran = await this.deps.alone(() => this.work(wake));
    if (ran) await this.schedule();
    else this.deps.wakeIn(OTHER_TAB_MS);
  }

  private async work(wake: Wake): Promise<void> {
    const state = await this.deps.storage.state();
    if (state.order === 'kill') return this.deps.order('kill');
    const line = new Line(this.deps, state.offsetMs);
    await this.wakeUp(line, state, wake);
    if (!isPast(this.pauseUntil, this.deps.now())) return;
    const wait = this.helloDue(state) ? await this.greet(line) : null;
    if (wait) await this.putOff(line, wait);
    else await this.carry(line);
    if (!line.halted) await this.afterwards(line, wake);
    await this.remember(line, wake);
    const { order } = await this.deps.storage.state();
    // Heard in the middle of the run: everything is to be handed over, also what this run passed by.
    if (order === 'drain' && state.order !== 'drain') this.wanted ??= 'due';
  }

  /** A person's wish counts at once; a sign of a network only when not too many have led to nothing. */
  private async wakeUp(line: Line, state: SyncState, wake: Wake): Promise<void> {
    const now = this.deps.now();
    const believed = believedAt(state.allowance, now);
    const follows = this.signUntil !== null && isPast(this.signUntil, now);
    if (wake === 'connection' && believed > now) {
      this.signUntil = believed;
      // A new life of the app does not know of the pause that the last one was in.
      if (this.pauseUntil === 0) this.pauseUntil = believed;
    } else if (wake === 'all' || ((wake === 'connection' || follows) && !this.pauseIsFirm))
      await this.wakeEntries(line, wake === 'all');
  }

  private async wakeEntries(line: Line, all: boolean): Promise<void> {
    this.pauseUntil = 0;
    this.signUntil = null;
    if (all) this.asksAt = this.uploads.fullUntil = 0;
    const ids = (await this.deps.storage.load()).map((record) => record.op_id);
    await line.apply(ids, { type: 'wake', now: this.deps.now(), all });
  }

  /** At start, when the last runs failed (a small question first), and now and then. */
  private helloDue(state: SyncState): boolean {
    return state.epoch === null || state.fruitless > 0 || isOld(this.greetedAt, HELLO_MS, this.deps.now());
  }

  private async greet(line: Line): Promise<Wait | null> {
    const wait = await greet(line);
    if (wait) return wait;
    this.greetedAt = this.deps.now();
    // The line works: what waited for one need not wait any longer.
    await this.wakeEntries(line, false);
    return null;
  }

  /** The line does not work: what is due waits, and the screen says why. */
  private async putOff(line: Line, wait: Wait): Promise<void> {
    const now = this.deps.now();
    const due = (await this.deps.storage.load()).filter(
      ({ entry }) => entry.state === 'queued' && isPast(entry.text.notBefore, now),
    );
    const ids = due.map((record) => record.op_id);
    await line.apply(ids, { type: 'answer', now, serverNow: line.serverNow(), outcome: wait });
    line.halt(wait);
  }

  private async carry(line: Line): Promise<void> {
    const { order } = await this.deps.storage.state();
    if (order === 'drain') await this.offerAll(line);
    let limit = BATCH_OPS;
    for (let round = 0; round < MOST_ROUNDS && !line.halted; round += 1) {
      const records = await this.deps.storage.load();
      const batch = pickBatch(records, this.deps.now(), limit);
      if (batch.length > 0) limit = await sendBatch(line, batch, records, limit);
      else if (!(await this.carryPhotos(line, records))) return;
    }
  }

  /** A phone that is being emptied hands over refused records as well. */
  private async offerAll(line: Line): Promise<void> {
    const records = await this.deps.storage.load();
    const refused = records.filter(
      ({ entry, corrected_by }) => entry.state === 'rejected' && corrected_by === null,
    );
    await line.apply(
      refused.map((record) => record.op_id),
      { type: 'retry', now: this.deps.now() },
    );
  }

  /** One photo, or one question about photos; false when there is nothing of the kind to do now. */
  private async carryPhotos(line: Line, records: readonly OpRecord[]): Promise<boolean> {
    const now = this.deps.now();
    const due = records.filter(({ entry }) => isPast(entry.media.notBefore, now));
    const { order } = await this.deps.storage.state();
    const room = isPast(this.uploads.fullUntil, now);
    const mayTravel = room && (order === 'drain' || this.deps.photosMayTravel());
    const withPhoto = mayTravel ? due.find(({ entry }) => waitingPhoto(entry)) : undefined;
    const unsure = isPast(this.asksAt, now) ? this.nextToAsk(due) : undefined;
    if (withPhoto)
      await this.uploads.send(line, withPhoto, () => this.wanted !== null || line.halted !== null);
    else if (unsure) await this.askPhotos(line, unsure);
    return withPhoto !== undefined || unsure !== undefined;
  }

  /** In turn: one visit that the server says nothing about must not keep the others from being asked about. */
  private nextToAsk(due: readonly OpRecord[]): OpRecord | undefined {
    const unsure = due.filter(({ entry }) => photosUnsure(entry));
    const last = unsure.findIndex(({ op_id }) => op_id === this.askedLast);
    return unsure[last + 1] ?? unsure[0];
  }

  private async askPhotos(line: Line, record: OpRecord): Promise<void> {
    this.askedLast = record.op_id;
    const reply = await line.ask(`/visits/${record.op_id}/photos`, { method: 'GET' });
    const states = reply && readPhotoStates(reply);
    await line.apply([record.op_id], { type: 'photoStates', now: this.deps.now(), states });
    const decided = states?.filter(({ state }) => state !== 'stored').map(({ sha256 }) => sha256) ?? [];
    const settled = record.entry.photos.every(({ sha256 }) => decided.includes(sha256));
    // A visit that moved out of the area tells nothing of the others, which may be asked about at once.
    const gone = reply?.sync === true && reply.status === 404;
    this.asksGap = settled || gone ? 0 : Math.min(LONGEST_ASK_MS, Math.max(FIRST_ASK_MS, this.asksGap * 2));
    this.asksAt = this.deps.now() + this.asksGap;
    if (!reply) line.judge([NO_REPLY]);
  }

  /** The texts are away and the line still works: what else there is to say and to hear. */
  private async afterwards(line: Line, wake: Wake): Promise<void> {
    // Not after a run without a word of the server: what the time is, it tells.
    if (line.asked > 0) await tidy(line);
    await sendReport(line);
    const { order, pulledAt } = await this.deps.storage.state();
    if (order !== 'active' || line.halted) return;
    if (wake === 'all' || line.signed || isOld(pulledAt, STALE_MS, this.deps.now())) await this.pullOn(line);
  }

  /** Notes whether the run achieved anything, which decides how soon the next may be. */
  private async remember(line: Line, wake: Wake): Promise<void> {
    if (line.asked === 0) return;
    const { storage, random } = this.deps;
    const now = this.deps.now();
    const { fruitless, allowance } = await storage.state();
    const inVain = line.halted !== null && !line.fruitful;
    const cost = inVain && wake !== 'all' ? line.asked : 0;
    const runs = inVain ? fruitless + 1 : 0;
    await storage.note({ fruitless: runs, allowance: spend(allowance, now, cost) });
    this.pauseIsFirm = line.halted !== null && !wantsLine(line.halted.reason);
    if (line.halted) this.pauseUntil = now + Math.max(waitMs(runs, random()), line.halted.retryAfterMs ?? 0);
  }

  private async schedule(): Promise<void> {
    const records = await this.deps.storage.load();
    const now = this.deps.now();
    const touches = records.flatMap((record) => this.touches(record, records));
    const hello = (this.greetedAt ?? now) + HELLO_MS;
    const at = Math.max(Math.min(...touches, hello), this.pauseUntil);
    const sign = this.signUntil ?? Number.POSITIVE_INFINITY;
    this.deps.wakeIn(Math.min(HELLO_MS, Math.max(1000, Math.min(at, sign) - now)));
  }

  /** When a record wants to be touched next; one that waits for its parent goes when that one goes. */
  private touches(record: OpRecord, records: readonly OpRecord[]): number[] {
    const { entry } = record;
    const text = textTravels(entry) && !early(record, records, []) ? [entry.text.notBefore] : [];
    const mayTravel = waitingPhoto(entry) && this.deps.photosMayTravel();
    const photo = mayTravel ? [Math.max(entry.media.notBefore, this.uploads.fullUntil)] : [];
    const ask = photosUnsure(entry) ? [Math.max(entry.media.notBefore, this.asksAt)] : [];
    return [...text, ...photo, ...ask];
  }
}
