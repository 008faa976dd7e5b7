/** Brings the worklist up to date: pages after a cursor, each written together with the cursor that follows it. */
import { NO_REPLY, type PullAnswer, readPull } from '../outbox/answers';
import type { Line } from '../outbox/line';
import type { PullStep, SyncState } from '../outbox/storage';
import { unsentOf } from './report';
import { resetTo } from './reset';
import type { PullPage } from './wire';

const PAGE_ROWS = 200;
/** Cursors refused in one pull: a server that refuses its own is not asked for ever. */
const MOST_GONE = 3;
/** Pages of one pull at most, far above any county; ends a loop that a faulty server would make endless. */
const MOST_PAGES = 2_000;

/** How a pull ended; `code` says why it failed. */
export type PullEnd = { ok: true } | { ok: false; code: string };

/** What has to be written for a page. */
export function planPage(state: SyncState, page: PullPage, hide: ReadonlySet<string>, now: number): PullStep {
  const begins = page.snapshot && state.cursor === null;
  const ends = page.snapshot ? !page.more : state.building;
  const done = page.more ? {} : { pulledAt: now };
  return {
    expect: state.cursor,
    clearAside: begins,
    aside: page.snapshot ? page.rows : [],
    swap: ends,
    put: page.snapshot ? [] : page.rows,
    drop: [...page.gone, ...page.left],
    hide,
    state: {
      cursor: page.cursor,
      building: page.snapshot && page.more,
      incomeLine: page.income_line,
      cadence: page.cadence ?? null,
      scope: page.scope,
      ...done,
    },
  };
}

/** Households that unsent work is about: their rows stay on this phone, sealed, also when they are no longer shown. */
async function needed(line: Line): Promise<ReadonlySet<string>> {
  const unsent = unsentOf(await line.deps.storage.load());
  return new Set(unsent.map((record) => record.household_id));
}

async function askPage(line: Line, cursor: string | null): Promise<PullAnswer> {
  const place = cursor === null ? '' : `cursor=${encodeURIComponent(cursor)}&`;
  const reply = await line.ask(`/s1/pull?${place}limit=${PAGE_ROWS}`, { method: 'GET' });
  return reply ? readPull(reply) : { kind: 'failed', wait: NO_REPLY, code: 'no_network' };
}

async function startAnew(line: Line, answer: PullAnswer & { kind: 'gone' }): Promise<void> {
  const { storage } = line.deps;
  const known = await storage.state();
  if (answer.epoch !== null && answer.epoch !== known.epoch) await resetTo(line, answer.epoch);
  const anew = { cursor: null, building: false };
  if (answer.scope === null) return storage.note(anew);
  // An app that is closed before the new list came must not take the empty one for fresh.
  const left = { ...anew, scope: answer.scope, pulledAt: null };
  await storage.leaveScope(answer.scope, await needed(line), left);
  await line.deps.pulled(0);
}

/** Writes a page; tells whether the pull is at its end. */
async function takePage(line: Line, asked: string | null, page: PullPage, loaded: number): Promise<boolean> {
  const { storage } = line.deps;
  const known = await storage.state();
  if (known.epoch !== page.epoch) await resetTo(line, page.epoch);
  const state = await storage.state();
  // Another tab went on meanwhile, or the epoch changed: this page answers a question that nobody asks any more.
  if (state.cursor !== asked) return false;
  const written = await storage.applyPull(planPage(state, page, await needed(line), line.now()));
  if (written) await line.deps.pulled(loaded);
  return written && (!page.more || page.cursor === asked);
}

/** Pulls until there is no more. Safe beside another tab's pull: a page is only written where it was asked for. */
export async function pull(line: Line): Promise<PullEnd> {
  let gone = 0;
  let loaded = 0;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { cursor } = await line.deps.storage.state();
    const answer = await askPage(line, cursor);
    if (answer.kind === 'failed') {
      line.judge([answer.wait]);
      return { ok: false, code: answer.code };
    }
    if (answer.kind === 'gone') {
      gone += 1;
      if (gone > MOST_GONE) return { ok: false, code: 'cursor_gone' };
      await startAnew(line, answer);
      continue;
    }
    loaded += answer.page.snapshot ? answer.page.rows.length : 0;
    if (await takePage(line, cursor, answer.page, loaded)) return { ok: true };
  }
  return { ok: false, code: 'server_error' };
}
