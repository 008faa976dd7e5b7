/** Random faults, restarts and restores, seed by seed: nothing lost, nothing twice, nothing changed on its way. */
import { expect, it } from 'vitest';
import { sha256Hex } from '../canonical';
import { ANSWER_LOST, DEAD, GOOD, type Network, TestPhone } from './testPhone';
import { generator, oneOf } from './testRecords';
import { FakeServer, json, portal } from './testServer';

const HOUR = 3_600_000;

const DUPLICATE: Network = async (go) => {
  await go();
  return go();
};
const CUT: Network = async (go) => {
  const answer = await go();
  const text = await answer.text();
  return { ...answer, text: async () => text.slice(0, Math.floor(text.length / 2)) };
};
/** The request is damaged on its way: a byte of a photo, or the end of a text. */
const DAMAGED: Network = async (_go, call) => {
  const { body } = call.request;
  if (typeof body === 'string') return json({ code: 'body_hash_mismatch' }, 400);
  return body ? json({ code: 'chunk_damaged' }, 400) : portal();
};
const FAULTS: readonly Network[] = [
  DEAD,
  ANSWER_LOST,
  DUPLICATE,
  CUT,
  DAMAGED,
  async () => portal(),
  async () => portal(502),
  async () => json({ code: 'busy' }, 503, { 'retry-after': '30' }),
  async () => json({ code: 'login_needed' }, 401),
];

class Story {
  readonly random: () => number;
  readonly server = new FakeServer();
  readonly phone = new TestPhone(this.server);
  readonly saved: string[] = [];
  private kept = this.server.backup();

  constructor(seed: number) {
    this.random = generator(seed);
    this.phone.random = this.random;
    this.phone.network = (go, call) => (this.random() < 0.3 ? oneOf(this.random, FAULTS)(go, call) : go());
  }

  private async save(): Promise<void> {
    const photos = Array.from(
      { length: Math.floor(this.random() * 3) },
      () => 1 + Math.floor(this.random() * 40_000),
    );
    const id = `v${this.saved.length}`;
    await this.phone.save(id, photos);
    this.saved.push(id);
  }

  async step(): Promise<void> {
    const dice = this.random();
    if (dice < 0.3) await this.save();
    else if (dice < 0.4) this.phone.storage.left = Math.floor(this.random() * 12);
    else if (dice < 0.45) this.server.restore(this.kept);
    else if (dice < 0.55) this.kept = this.server.backup();
    this.phone.time += this.random() * 2 * HOUR;
    // A phone that is killed stops in the middle of a transaction or a request; the next opening goes on.
    await this.phone.runner
      .kick(oneOf(this.random, ['due', 'connection', 'all'] as const))
      .catch(() => undefined);
    if (this.phone.storage.left !== null) this.phone.restart();
  }

  async calm(): Promise<void> {
    this.phone.network = GOOD;
    this.phone.restart();
    for (let i = 0; i < 5; i += 1) {
      this.phone.time += 7 * HOUR;
      await this.phone.runner.kick('all');
    }
  }

  async check(seed: number): Promise<void> {
    const { storage } = this.phone;
    expect([...this.server.ledger.keys()].sort(), `seed ${seed}`).toEqual([...this.saved].sort());
    for (const { op_id, sha256, entry } of storage.records) {
      expect(this.server.ledger.get(op_id)?.op.sha256, `seed ${seed}`).toBe(sha256);
      expect(entry.state, `seed ${seed}`).toBe('complete');
      for (const photo of entry.photos) {
        const bytes = this.server.parts.get(`${op_id}/${photo.sha256}`);
        expect(bytes && (await sha256Hex(new Uint8Array(bytes).buffer)), `seed ${seed}`).toBe(photo.sha256);
      }
    }
  }
}

it('twenty stories end with every visit at the server once, whole', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const story = new Story(seed);
    for (let i = 0; i < 40; i += 1) await story.step();
    await story.calm();
    await story.check(seed);
  }
}, 120_000);
