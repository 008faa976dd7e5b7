/** A phone in a week without success must not empty its battery, nor beg at the server's door. */
import { beforeEach, describe, expect, it } from 'vitest';
import { believedAt, FULL_ALLOWANCE, spend } from './allowance';
import { ANSWER_LOST, DEAD, GOOD, type Network, once, TestPhone } from './testPhone';
import { FakeServer, json, portal } from './testServer';

const DAY = 24 * 3_600_000;
let server: FakeServer;
let phone: TestPhone;

beforeEach(() => {
  server = new FakeServer();
  phone = new TestPhone(server);
});

describe('bad days', () => {
  /** Seven days in which the network comes and goes every ten minutes; timers are kept as they were wished. */
  async function sevenDays(network: Network): Promise<number[]> {
    phone.network = network;
    let seed = 1;
    phone.random = () => {
      seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
      return seed / 4_294_967_296;
    };
    const start = phone.time;
    const counts: number[] = [];
    let nextSign = start;
    while (phone.time < start + 7 * DAY) {
      const timer = phone.time + (phone.wakes.at(-1) ?? 0);
      const isSign = nextSign <= timer;
      phone.time = Math.max(phone.time + 1, isSign ? nextSign : timer);
      if (isSign) nextSign += 10 * 60_000;
      const before = phone.calls.length;
      await phone.runner.kick(isSign ? 'connection' : 'due');
      const day = Math.floor((phone.time - start) / DAY);
      counts[day] = (counts[day] ?? 0) + phone.calls.length - before;
    }
    return counts.slice(0, 7);
  }

  const worlds: [string, Network][] = [
    ['there is no network', DEAD],
    ['a Wi-Fi wants a sign-in', async () => portal()],
    ['the proof has expired', async () => json({ code: 'login_needed' }, 401)],
    ['the server crashes', async () => portal(500)],
    ['only hello gets through', (go, call) => (call.path === '/s1/hello' ? go() : DEAD(go, call))],
    ['answers to pushes get lost', once(/push/, ANSWER_LOST, 1e9)],
    ['no photo gets through', once(/photos/, DEAD, 1e9)],
    [
      'photos are never looked at',
      (go, call) => (/^\/visits\//.test(call.path) ? Promise.resolve(json({ items: [] })) : go()),
    ],
  ];
  it.each(worlds)('when %s cost at most 200 requests each', async (_name, network) => {
    for (let i = 0; i < 40; i += 1) await phone.save(`v${i}`, i < 20 ? [5, 6] : []);
    const counts = await sevenDays(network);
    expect(Math.max(...counts)).toBeLessThanOrEqual(200);
    phone.network = GOOD;
    await phone.runner.kick('all');
    expect(new Set(phone.states())).toEqual(new Set(['complete']));
  });

  it('a sign of a network is believed at once after a quiet time, and when the clock was set back', () => {
    let allowance = FULL_ALLOWANCE;
    for (let i = 0; i < 40; i += 1) allowance = spend(allowance, DAY, 1);
    expect(believedAt(allowance, DAY)).toBeGreaterThan(DAY + 3_600_000);
    expect(believedAt(allowance, 2 * DAY)).toBe(2 * DAY);
    expect(believedAt(spend(FULL_ALLOWANCE, DAY, 14), DAY)).toBe(DAY);
    expect(believedAt(spend(FULL_ALLOWANCE, DAY, 14), 0)).toBe(0);
  });
});
