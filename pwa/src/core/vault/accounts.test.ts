/** Wraps open only with their secret, on their phone, for their account; ten wrong PINs and only the server can help. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setClock } from '../clock';
import { readPhone, readPhoneMeta, writePhone } from '../localDb';
import {
  type Account,
  account,
  accountNamed,
  addWrap,
  MOST_TRIES,
  makeAccount,
  recovered,
  tryPin,
} from './accounts';
import { newDeviceKey, PIN_ROUNDS, random, stretch, unwrapKey, wrapKey } from './keys';

const PIN = '204173';
const WRONG = '731402';
const SERVER = 'ab'.repeat(32);
let count = 0;
let id = '';
let raw = random(32);

beforeEach(async () => {
  count += 1;
  id = `account${count}`;
  raw = random(32);
  await makeAccount({ id, username: `grid${count}`, raw, pin: PIN, recovery: SERVER }, false);
});
afterEach(() => setClock());

async function row(): Promise<Account> {
  return (await account(id)) as Account;
}

async function change(by: Partial<Account>): Promise<void> {
  const next = { ...(await row()), ...by };
  await writePhone(async (tx) => {
    await tx.objectStore('accounts').put(next, id);
  });
}

describe('a wrap', () => {
  it('opens with its secret on its phone for its account, and else not', async () => {
    const [phone, other] = [await newDeviceKey(), await newDeviceKey()];
    const wrap = await wrapKey(phone, { pin: PIN }, 'a', raw);
    expect(await unwrapKey(phone, { pin: PIN }, 'a', wrap)).toEqual(raw);
    expect(await unwrapKey(phone, { pin: WRONG }, 'a', wrap)).toBeNull();
    expect(await unwrapKey(other, { pin: PIN }, 'a', wrap)).toBeNull();
    expect(await unwrapKey(phone, { pin: PIN }, 'b', wrap)).toBeNull();
    expect(await unwrapKey(phone, { pin: PIN }, 'a', { ...wrap, rounds: wrap.rounds - 1 })).toBeNull();
    expect(await unwrapKey(phone, { recovery: SERVER }, 'a', wrap)).toBeNull();
  });

  it('opens with a PIN that was stretched beforehand, also where that was for another wrap', async () => {
    const phone = await newDeviceKey();
    const before = await wrapKey(phone, { pin: PIN }, 'a', raw);
    const wrap = await wrapKey(phone, { pin: PIN }, 'a', raw);
    for (const cost of [wrap, before, { ...wrap, rounds: wrap.rounds - 1 }]) {
      const secret = { pin: PIN, stretching: stretch(PIN, cost) };
      expect(await unwrapKey(phone, secret, 'a', wrap)).toEqual(raw);
    }
    const wrong = { pin: WRONG, stretching: stretch(WRONG, wrap) };
    expect(await unwrapKey(phone, wrong, 'a', wrap)).toBeNull();
  });

  it('by the server needs the secret and the phone', async () => {
    const [phone, other] = [await newDeviceKey(), await newDeviceKey()];
    const wrap = await wrapKey(phone, { recovery: SERVER }, 'a', raw);
    expect(await unwrapKey(phone, { recovery: SERVER }, 'a', wrap)).toEqual(raw);
    expect(await unwrapKey(phone, { recovery: 'cd'.repeat(32) }, 'a', wrap)).toBeNull();
    expect(await unwrapKey(other, { recovery: SERVER }, 'a', wrap)).toBeNull();
  });

  it('says with how many rounds it was made, and hides the key', async () => {
    const { pin, recovery } = await row();
    expect([pin?.rounds, recovery?.rounds]).toEqual([PIN_ROUNDS, 0]);
    expect(JSON.stringify(await row())).not.toContain(`grid${count}`);
    expect((await readPhoneMeta<CryptoKey>('device.key'))?.extractable).toBe(false);
  });
});

describe('a PIN', () => {
  it('opens, and a wrong one is counted until a right one comes', async () => {
    expect(await tryPin(id, WRONG)).toEqual({ raw: null, left: 9, waitMs: 0 });
    expect(await tryPin(id, WRONG)).toEqual({ raw: null, left: 8, waitMs: 0 });
    expect(await tryPin(id, PIN)).toMatchObject({ raw, row: { pin: { rounds: PIN_ROUNDS } } });
    expect((await row()).tries).toBe(0);
  });

  it('is counted on the disk before it is tried', async () => {
    const seen: number[] = [];
    const real = crypto.subtle.deriveBits;
    crypto.subtle.deriveBits = async (...given) => {
      seen.push((await row()).tries);
      return real.apply(crypto.subtle, given);
    };
    await tryPin(id, WRONG).finally(() => {
      crypto.subtle.deriveBits = real;
    });
    expect(seen[0]).toBe(1);
  });

  it('wrong ten times is gone, also with the right one afterwards; the server still opens the vault', async () => {
    for (let left = MOST_TRIES - 1; left >= 0; left -= 1)
      expect(await tryPin(id, WRONG)).toMatchObject({ raw: null, left });
    expect((await row()).pin).toBeNull();
    expect(await tryPin(id, PIN)).toEqual({ raw: null, left: 0, waitMs: 0 });
    expect(await recovered(id, SERVER)).toEqual(raw);
    await addWrap(id, { pin: WRONG }, raw);
    expect(await tryPin(id, WRONG)).toMatchObject({ raw });
  });

  it('counted ten times by a phone that was ended each time is gone as well', async () => {
    await change({ tries: MOST_TRIES });
    expect(await tryPin(id, PIN)).toEqual({ raw: null, left: 0, waitMs: 0 });
    expect((await row()).pin).toBeNull();
  });

  it('wrong ten times waits an hour a try while the server cannot help, and is never thrown away', async () => {
    let time = 1_000_000_000_000;
    setClock(() => time);
    await change({ recovery: null, tries: MOST_TRIES - 1 });
    expect(await tryPin(id, WRONG)).toEqual({ raw: null, left: 1, waitMs: 3_600_000 });
    expect(await tryPin(id, PIN)).toMatchObject({ raw: null });
    time += 3_600_001;
    expect(await tryPin(id, PIN)).toMatchObject({ raw });
  });

  it.each([SERVER, null])('tried in many tabs at once has ten tries together (with %s)', async (recovery) => {
    if (recovery === null) await change({ recovery: null });
    for (let tries = 1; tries < MOST_TRIES; tries += 1) await tryPin(id, WRONG);
    const others = Array.from({ length: 20 }, () => tryPin(id, WRONG));
    const found = await Promise.all([...others, tryPin(id, PIN)]);
    expect(found.every(({ raw: opened }) => opened === null)).toBe(true);
    expect((await row()).tries).toBeLessThanOrEqual(MOST_TRIES);
  });

  it('tried in two tabs at once counts twice', async () => {
    await Promise.all([tryPin(id, WRONG), tryPin(id, WRONG), tryPin(id, WRONG)]);
    expect((await row()).tries).toBe(3);
  });
});

describe('accounts', () => {
  it('are found by the user name, which is nowhere on the disk', async () => {
    expect(await accountNamed(`grid${count}`)).toBe(id);
    expect(await accountNamed('nobody')).toBeNull();
    await change({ signedIn: false });
    expect(await accountNamed(`grid${count}`)).toBeNull();
    const all = await readPhone((database) => database.getAll('accounts'));
    expect(JSON.stringify(all)).not.toContain('grid');
  });

  it('cannot take over the wrap of another', async () => {
    const other = { id: `${id}x`, username: 'x', raw: random(32), pin: PIN, recovery: SERVER };
    await makeAccount(other, false);
    await change({ pin: (await account(other.id))?.pin ?? null });
    expect(await tryPin(id, PIN)).toMatchObject({ raw: null });
  });

  it('made anew where nothing opens the old one leave that on the disk', async () => {
    const before = (await row()).db;
    const next = { id, username: 'x', raw: random(32), pin: PIN, recovery: SERVER };
    expect((await makeAccount(next, false)).db).toBe(`${before}-1`);
    expect((await makeAccount(next, true)).db).toBe(`${before}-1`);
    expect((await makeAccount(next, false)).db).toBe(`${before}-2`);
  });

  it('made in two tabs at once are one: the key that was first counts', async () => {
    const twin = (name: string) => ({
      id: `twin${count}`,
      username: name,
      raw: random(32),
      pin: PIN,
      recovery: SERVER,
    });
    const [a, b] = [twin('a'), twin('b')];
    const made = await Promise.allSettled([makeAccount({ ...a }, false), makeAccount({ ...b }, false)]);
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const first = made[0]?.status === 'fulfilled' ? a : b;
    expect(await tryPin(first.id, PIN)).toMatchObject({ raw: first.raw });
  });
});
