"""What a phone has on its disk, read past the app: saved records with bodies and hashes of photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.support.pin import PIN

_OPEN = """async (pin) => {
  const asked = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const bytes = text => new TextEncoder().encode(text);
  const phone = await asked(indexedDB.open('liangdeng-phone'));
  const kept = name => phone.transaction(name).objectStore(name);
  const device = await asked(kept('meta').get('device.key'));
  const account = await asked(kept('meta').get('current'));
  const { db, pin: wrap } = await asked(kept('accounts').get(account));
  phone.close();
  const typed = await crypto.subtle.importKey('raw', bytes(pin), 'PBKDF2', false, ['deriveBits']);
  const stretched = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: wrap.salt, iterations: wrap.rounds }, typed, 256);
  const mixed = await crypto.subtle.sign('HMAC', device, stretched);
  const base = await crypto.subtle.importKey('raw', mixed, 'HKDF', false, ['deriveKey']);
  const where = `accounts\\n${account}\\npin\\n${wrap.rounds}`;
  const wrapping = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: wrap.salt, info: bytes('liangdeng/' + where) },
    base, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
  const raw = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: wrap.iv, additionalData: bytes(where) }, wrapping, wrap.data);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
  const database = await asked(indexedDB.open(db));
  const all = name => database.transaction(name).objectStore(name);
  const open = async (store, place, sealed) => crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: sealed.iv, additionalData: bytes(store + '\\n' + place) }, key, sealed.data);
"""
_READ = (
    _OPEN
    + """  const json = async (...where) => JSON.parse(new TextDecoder().decode(await open(...where)));
  const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('');
  const rows = await asked(all('outbox').getAll());
  const names = await asked(all('outbox').getAllKeys());
  const photos = await asked(all('photos').getAll());
  const found = [];
  for (const [at, name] of names.entries()) {
    const body = await asked(all('visits').get(name));
    const own = {};
    for (const photo of photos.filter(photo => photo.visit_id === name))
      own[photo.sha256] = hex(await crypto.subtle.digest(
        'SHA-256', await open('photos', `${name}/${photo.sha256}`, photo.bytes)));
    found.push({
      record: await json('outbox', name, rows[at].sealed),
      body: body && await json('visits', name, body.sealed),
      photos: own,
    });
  }
  database.close();
  return found;
}"""
)
_PIECE = (
    _OPEN
    + """  const [photo] = await asked(all('photos').getAll());
  const plain = new Uint8Array(await open('photos', `${photo.visit_id}/${photo.sha256}`, photo.bytes));
  const middle = plain.length >> 1;
  database.close();
  return Array.from(plain.slice(middle, middle + 32));
}"""
)


@dataclass(frozen=True)
class Kept:
    """One saved record. ``photos`` maps the name of each photo (a hash) to the hash of its bytes."""

    op_id: str
    household_id: str
    sha256: str
    state: str
    receipt: str | None
    body: dict[str, Any]
    photos: dict[str, str]


def photo_piece(page: Page) -> bytes:
    """32 bytes out of the middle of a photo on the phone, opened with the PIN."""
    return bytes(page.evaluate(_PIECE, PIN))


def kept_on(page: Page) -> dict[str, Kept]:
    """Every record saved on the phone, by the number of its operation."""
    found = [_kept(one["record"], one["body"], one["photos"]) for one in page.evaluate(_READ, PIN)]
    return {one.op_id: one for one in found}


def _kept(record: dict[str, Any], body: dict[str, Any], photos: dict[str, str]) -> Kept:
    receipt = ((record["entry"]["result"] or {}).get("receipt") or {}).get("number")
    return Kept(
        op_id=record["op_id"],
        household_id=record["household_id"],
        sha256=record["sha256"],
        state=record["entry"]["state"],
        receipt=receipt,
        body=body,
        photos=photos,
    )
