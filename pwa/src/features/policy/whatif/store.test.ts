// @vitest-environment happy-dom
/** Asking the server: after a rest, once, and only the last answer counts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_TRIAL, type Trial } from './model';
import { cancelWork, curve, difference, REST_MS, resetWhatIf, simulation, withoutFocus, work } from './store';

interface Asked {
  url: string;
  body: { parameters: Record<string, string> };
  signal: AbortSignal;
  answer: (status: number, body: unknown) => void;
}

let asked: Asked[] = [];
const RANGE = { from: 2500, to: 10000, step: 100, points: 16 };
const line = (value: string): Trial => ({ focus: 'LINE_GX', set: { LINE_GX: value }, off: [] });
const rest = () => vi.advanceTimersByTimeAsync(REST_MS);

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const body = JSON.parse(await request.text());
    return new Promise<Response>((resolve) => {
      const answer = (status: number, data: unknown) =>
        resolve(
          new Response(JSON.stringify(data), { status, headers: { 'content-type': 'application/json' } }),
        );
      asked.push({ url: new URL(request.url).pathname, body, signal: request.signal, answer });
    });
  });
});

afterEach(() => {
  resetWhatIf();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function answer(at: number, body: unknown, status = 200): Promise<void> {
  asked[at]?.answer(status, body);
  await vi.advanceTimersByTimeAsync(1);
}

describe('a trial on its way', () => {
  it('is asked once for a slider that moves and then rests', async () => {
    for (const value of ['5100', '5200', '5300']) work(line(value), null);
    expect(simulation.value.since).not.toBeNull();
    await rest();
    expect(asked.map((one) => one.body.parameters)).toEqual([{ LINE_GX: '5300' }]);
  });

  it('forgets the answer to a question that is no longer asked', async () => {
    work(line('6000'), null);
    await rest();
    work(line('7000'), null);
    await rest();
    await answer(1, { of: '7000' });
    await answer(0, { of: '6000' });
    expect(simulation.value.data).toEqual({ of: '7000' });
    expect(simulation.value.since).toBeNull();
  });

  it('keeps the old answer on screen when it is given up', async () => {
    work(line('6000'), null);
    await rest();
    await answer(0, { of: '6000' });
    work(line('7000'), null);
    await rest();
    cancelWork();
    await answer(1, { of: '7000' });
    expect(simulation.value).toMatchObject({ data: { of: '6000' }, since: null, error: null });
  });

  it('tells why there is no answer, and can be asked again', async () => {
    work(line('6000'), null);
    await rest();
    await answer(0, { code: 'server_error' }, 500);
    expect(simulation.value.error).toMatchObject({ problem: { code: 'server_error' } });
    work(line('6000'), null, true);
    await vi.advanceTimersByTimeAsync(1);
    expect(simulation.value.error).toBeNull();
    expect(asked).toHaveLength(2);
  });

  it('draws the curve anew for other changes but not for the slider itself', async () => {
    work(line('6000'), RANGE);
    await rest();
    work(line('7000'), RANGE);
    await rest();
    expect(asked.filter((one) => one.url.endsWith('/curve'))).toHaveLength(1);
    expect(curve.value.since).not.toBeNull();
    work({ ...line('7000'), off: ['R-INC-01'] }, RANGE);
    await rest();
    expect(asked.filter((one) => one.url.endsWith('/curve'))).toHaveLength(2);
  });
});

describe('the parts of a trial', () => {
  it('leave the number on the slider out of its own curve', () => {
    expect(withoutFocus({ ...line('6000'), set: { LINE_GX: '6000', NEAR: '1.2' } }).set).toEqual({
      NEAR: '1.2',
    });
    expect(withoutFocus(NO_TRIAL)).toEqual(NO_TRIAL);
  });

  it('say which lights a household would get and lose', () => {
    expect(difference(['R-A-01', 'R-B-01'], ['R-B-01', 'R-C-01'])).toEqual({
      gained: ['R-C-01'],
      lost: ['R-A-01'],
    });
  });
});
