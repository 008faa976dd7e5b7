/** Sealed means unreadable, bound to its place, and for one user only. */
import { beforeEach, describe, expect, it } from 'vitest';
import { lockVault, open, openBytes, seal, sealBytes } from '.';
import { dataKey, random } from './keys';
import { openTestVault } from './testVault';

const SECRET = { name: '覃秀兰', id: '450321196301010000' };

function text(data: ArrayBuffer): string {
  return new TextDecoder('utf-8').decode(data);
}

beforeEach(() => openTestVault('u1'));

describe('the vault', () => {
  it('hides the plain text and gives it back', async () => {
    const sealed = await seal('drafts', 'u/h', SECRET);
    expect(text(sealed.data)).not.toContain('450321');
    expect(text(sealed.data)).not.toContain('覃秀兰');
    expect(await open('drafts', 'u/h', sealed)).toEqual(SECRET);
  });

  it('refuses a value moved to another place', async () => {
    const sealed = await seal('drafts', 'u/h', SECRET);
    await expect(open('drafts', 'u/other', sealed)).rejects.toBeDefined();
    await expect(open('visits', 'u/h', sealed)).rejects.toBeDefined();
  });

  it('refuses a changed byte', async () => {
    const sealed = await sealBytes('photos', 'v/p', new Uint8Array([1, 2, 3]));
    const bytes = new Uint8Array(sealed.data);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await expect(openBytes('photos', 'v/p', sealed)).rejects.toBeDefined();
  });

  it('never seals the same way twice', async () => {
    const [a, b] = [await seal('m', 'k', 1), await seal('m', 'k', 1)];
    expect(new Uint8Array(a.data)).not.toEqual(new Uint8Array(b.data));
  });

  it('opens again with the PIN after a restart of the app, and nothing while it is locked', async () => {
    const sealed = await seal('m', 'k', SECRET);
    await lockVault();
    await expect(open('m', 'k', sealed)).rejects.toThrow('locked');
    await expect(seal('m', 'k', 1)).rejects.toThrow('locked');
    await openTestVault('u1');
    expect(await open('m', 'k', sealed)).toEqual(SECRET);
  });

  it('of one user does not open what another sealed', async () => {
    const sealed = await seal('m', 'k', SECRET);
    await openTestVault('u2');
    await expect(open('m', 'k', sealed)).rejects.toBeDefined();
  });

  it('uses a key whose bytes nobody gets back', async () => {
    const raw = random(32);
    const key = await dataKey(raw);
    expect([key.extractable, raw.every((byte) => byte === 0)]).toEqual([false, true]);
  });
});
