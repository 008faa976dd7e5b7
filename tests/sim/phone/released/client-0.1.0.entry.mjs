/**
 * What the simulator calls in the client that was released as 0.1.0. The bundle beside this file was made from the
 * sources of that release with `node tests/sim/phone/bundle.mjs ENTRY OUT SOURCES`; it stays as it is for ever.
 */
import { households, loadHouseholds, refreshHouseholds } from '@app/core/assignments';
import { enqueueVisit, kick, outboxItems, reloadOutbox, startOutbox } from '@app/core/outbox';
import { loadRecords } from '@app/core/outbox/store';
import { deviceId, loginNeeded, restoreSession, startSession, user } from '@app/core/session';

export const version = '0.1.0';

const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, 'base64')).buffer;

/** The app is opened. */
export async function boot() {
  await restoreSession();
  await Promise.all([loadHouseholds(), reloadOutbox()]);
  startOutbox();
}

export { deviceId as device };

export async function signIn(person, access, refresh) {
  await startSession(person, access, refresh);
  await sync();
}

/** Saves a visit; resolves with the id it got once the phone says "saved". */
export function saveVisit(body, photos, options) {
  return enqueueVisit(
    body,
    photos.map((photo) => ({ ...photo, bytes: bytesOf(photo.bytes) })),
    options,
  );
}

/** The person asks for a sync now. */
export async function sync() {
  kick();
  void refreshHouseholds();
}

export function glance() {
  return { user: user.value?.id ?? null, loginNeeded: loginNeeded.value, order: 'active' };
}

export function pick(chance) {
  const list = households.value;
  const entries = outboxItems.value.map(({ visitId, householdId, state, revises, correctedBy }) => ({
    id: visitId,
    kind: 'visit',
    household_id: householdId,
    state,
    revises,
    corrected: correctedBy,
  }));
  return { ...glance(), household: list[Math.floor(chance * list.length)] ?? null, entries: entries.reverse() };
}

/** What the phone shows. */
export async function look() {
  const records = await loadRecords();
  return {
    user: user.value?.id ?? null,
    loginNeeded: loginNeeded.value,
    entries: records.map(({ visit_id, household_id, sha256, revises, corrected_by, entry }) => ({
      id: visit_id,
      kind: 'visit',
      household_id,
      sha256,
      revises,
      corrected: corrected_by,
      state: entry.state,
      reason: entry.reason,
      code: entry.problem?.code ?? null,
      receipt: entry.result?.receipt ?? null,
      photos: entry.photos.map(({ sha256: hash, state }) => ({ sha256: hash, state })),
    })),
    households: households.value,
  };
}
