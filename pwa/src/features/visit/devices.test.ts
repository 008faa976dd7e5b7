/** Camera, place and disk, each with a stand-in. */
import { describe, expect, it } from 'vitest';
import { metresBetween } from '../../core/distance';
import { autosave } from './autosave';
import {
  better,
  followPosition,
  GOOD_M,
  isFar,
  isLost,
  mayAccept,
  metresFromHome,
  PATIENCE_MS,
  toFix,
} from './gps';
import { wantedKinds } from './photoRules';
import { type Encoder, encodeWithin, fitInto, type Size } from './shrink';

describe('shrinking a picture', () => {
  /** A picture that takes `weight` bytes a pixel at full quality. */
  const encoder = (weight: number, seen: (Size & { quality: number })[] = []): Encoder => {
    return (size) => async (quality) => {
      seen.push({ ...size, quality });
      return { size: size.width * size.height * weight * quality } as Blob;
    };
  };

  it('brings the longest side to 1600 and never enlarges', () => {
    expect(fitInto({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 });
    expect(fitInto({ width: 3000, height: 4000 }, 1600)).toEqual({ width: 1200, height: 1600 });
    expect(fitInto({ width: 800, height: 600 }, 1600)).toEqual({ width: 800, height: 600 });
  });

  it('takes the first quality when that is light enough', async () => {
    const seen: (Size & { quality: number })[] = [];
    await encodeWithin({ width: 4000, height: 3000 }, encoder(0.2, seen));
    expect(seen).toEqual([{ width: 1600, height: 1200, quality: 0.8 }]);
  });

  it('lowers the quality, then the size, until it fits in 400 KB', async () => {
    const seen: (Size & { quality: number })[] = [];
    const blob = await encodeWithin({ width: 4000, height: 3000 }, encoder(2, seen));
    expect(blob.size).toBeLessThanOrEqual(400_000);
    expect(seen.slice(0, 6).map((one) => [one.width, one.quality])).toEqual([
      [1600, 0.8],
      [1600, 0.7],
      [1600, 0.6],
      [1600, 0.5],
      [1600, 0.4],
      [1200, 0.8],
    ]);
  });

  it('gives up rather than send what is too heavy', async () => {
    await expect(encodeWithin({ width: 4000, height: 3000 }, encoder(1000))).rejects.toThrow('too large');
  });
});

describe('photos the answers call for', () => {
  it('are the kinds still missing', () => {
    const facts = { house_state: 'D', water_state: 'ok', ill: [{ who: 'm1', ill_selfpay: 5000 }] };
    const house = { sha256: 'x', length: 1, kind: 'house' as const, taken_at: '' };
    expect(wantedKinds(facts, [])).toEqual(['house', 'bill']);
    expect(wantedKinds(facts, [house])).toEqual(['bill']);
    expect(wantedKinds({}, [])).toEqual([]);
  });
});

describe('the place', () => {
  const position = (accuracy: number, latitude = 24.778163): GeolocationPosition =>
    ({
      coords: { latitude, longitude: 110.492131, accuracy },
      timestamp: 0,
    }) as unknown as GeolocationPosition;

  /** A receiver and a clock that only the test moves. */
  function receiver() {
    let found: PositionCallback = () => undefined;
    let failed: PositionErrorCallback = () => undefined;
    const cleared: number[] = [];
    const clock = { at: 0 };
    const geolocation = {
      watchPosition: (ok: PositionCallback, bad: PositionErrorCallback) => {
        found = ok;
        failed = bad;
        return 7;
      },
      clearWatch: (id: number) => cleared.push(id),
    } as unknown as Geolocation;
    const fixes: string[] = [];
    const gps = followPosition(
      geolocation,
      () => clock.at,
      (fix) => fixes.push(fix.accuracy_m),
    );
    return {
      gps,
      fixes,
      cleared,
      clock,
      asks: () => mayAccept(gps.state.value, clock.at),
      lost: () => isLost(gps.state.value, clock.at),
      found: (p: GeolocationPosition) => found(p),
      failed: (code: number) => failed({ code } as GeolocationPositionError),
    };
  }

  it('goes as text with five decimals, in WGS-84', () => {
    expect(toFix(position(11.6))).toEqual({
      lat: '24.77816',
      lon: '110.49213',
      accuracy_m: '12',
      fixed_at: '1970-01-01T00:00:00.000Z',
      datum: 'WGS-84',
    });
  });

  it('keeps the most exact fix and reports only better ones', () => {
    const { gps, fixes, found } = receiver();
    found(position(80));
    found(position(200));
    found(position(30));
    expect(fixes).toEqual(['80', '30']);
    expect(gps.state.value).toEqual({ kind: 'fixed', since: 0, accuracy: 30 });
    expect(better(toFix(position(5)), toFix(position(9))).accuracy_m).toBe('5');
  });

  it('switches the receiver off when it is exact enough or the form is left', () => {
    const exact = receiver();
    exact.found(position(10));
    expect(exact.cleared).toEqual([7]);
    const left = receiver();
    left.gps.stop();
    left.found(position(10));
    expect([left.cleared, left.fixes]).toEqual([[7], []]);
  });

  it('tells refusal from a slow receiver, and a fix found before from both', () => {
    const slow = receiver();
    slow.failed(3);
    expect(slow.gps.state.value.kind).toBe('waiting');
    slow.failed(1);
    expect(slow.gps.state.value.kind).toBe('refused');
    const found = receiver();
    found.found(position(50));
    found.failed(1);
    expect(found.gps.state.value.kind).toBe('fixed');
  });

  it('may be accepted as it is after a minute that brought none of fifty metres', () => {
    const phone = receiver();
    phone.found(position(180));
    expect(phone.asks()).toBe(false);
    phone.clock.at = PATIENCE_MS - 1;
    expect(phone.asks()).toBe(false);
    phone.clock.at = PATIENCE_MS;
    expect(phone.asks()).toBe(true);
    phone.found(position(GOOD_M));
    expect(phone.asks()).toBe(false);
  });

  it('is lost after a minute without any fix, at once when refused, never once there was one', () => {
    const phone = receiver();
    phone.clock.at = PATIENCE_MS - 1;
    expect(phone.lost()).toBe(false);
    phone.clock.at = PATIENCE_MS;
    expect(phone.lost()).toBe(true);
    phone.found(position(900));
    expect([phone.lost(), phone.asks()]).toEqual([false, true]);
    const refused = receiver();
    refused.failed(1);
    expect(refused.lost()).toBe(true);
  });

  it('does not drain the battery for more than five minutes after the first fix', () => {
    const phone = receiver();
    phone.clock.at = 5 * 60_000;
    phone.found(position(300));
    expect(phone.cleared).toEqual([]);
    phone.clock.at += 1;
    phone.found(position(290));
    expect(phone.cleared).toEqual([7]);
  });

  it('switched off, it takes no further fix', () => {
    const phone = receiver();
    phone.found(position(180));
    phone.gps.stop();
    phone.found(position(8));
    expect(phone.fixes).toEqual(['180']);
  });

  it('knows how far the house is, on the ground', () => {
    const home = { lat: '24.780000', lon: '110.490000' };
    expect(metresBetween(home, home)).toBe(0);
    expect(metresFromHome({ lat: '24.780100', lon: '110.490000' }, home)).toBe(11); // as the server's test says
    expect(metresFromHome({ lat: '24.780000', lon: '110.491983' }, home)).toBe(200);
    expect(isFar({ lat: '24.780000', lon: '110.491983' }, home)).toBe(false);
    expect(isFar({ lat: '24.780000', lon: '110.492000' }, home)).toBe(true);
    expect([metresFromHome(null, home), isFar(home, null)]).toEqual([null, false]);
    expect(Math.round(metresBetween({ lat: '0', lon: '0' }, { lat: '0', lon: '180' }))).toBe(20_015_114);
  });

  it('is simply absent on a device without a receiver', () => {
    expect(
      followPosition(
        undefined,
        () => 0,
        () => undefined,
      ).state.value,
    ).toEqual({ kind: 'absent' });
  });
});

describe('autosave', () => {
  it('writes one at a time and skips what is overtaken, never the newest', async () => {
    const written: number[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const saver = autosave<number>(
      async (value) => {
        if (value === 1) await gate;
        written.push(value);
      },
      () => undefined,
    );
    for (const value of [1, 2, 3]) saver.put(value);
    open();
    await saver.flush();
    expect(written).toEqual([1, 3]);
  });

  it('keeps what could not be written for the next attempt', async () => {
    const written: number[] = [];
    const errors: unknown[] = [];
    let broken = true;
    const saver = autosave<number>(
      async (value) => {
        if (broken) throw new Error('full');
        written.push(value);
      },
      (error) => errors.push(error),
    );
    saver.put(1);
    await expect(saver.flush()).rejects.toThrow('full');
    broken = false;
    await saver.flush();
    expect([written, errors.length]).toEqual([[1], 1]);
  });
});
