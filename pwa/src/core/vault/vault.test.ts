/** Sealed means unreadable, bound to its place, and the key cannot leave the browser. */
import { describe, expect, it } from 'vitest';
import { readMeta } from '../localDb';
import { forgetKey, open, openBytes, seal, sealBytes } from '.';

const SECRET = { name: '覃秀兰', id: '450321196301010000' };

function text(data: ArrayBuffer): string {
  return new TextDecoder('utf-8').decode(data);
}

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

  it('keeps a key that cannot be exported and survives a restart of the app', async () => {
    const sealed = await seal('m', 'k', SECRET);
    const key = await readMeta<CryptoKey>('vault.key');
    expect(key?.extractable).toBe(false);
    forgetKey();
    expect(await open('m', 'k', sealed)).toEqual(SECRET);
  });
});
