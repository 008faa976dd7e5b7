/** What the simulator calls in today's client. */
import { afterSignIn, start } from '@app/app/start';
import { households } from '@app/core/assignments';
import { kick, retry, syncState } from '@app/core/outbox';
import { loadRecords } from '@app/core/outbox/rows';
import { enqueueVisit, saveEdit } from '@app/core/outbox/save';
import { deviceId, loginNeeded, startSession, user } from '@app/core/session';

const bytesOf = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)).buffer;

/** The app is opened. */
export { start as boot };

export { deviceId as device };

export async function signIn(person, access, refresh) {
  await startSession(person, access, refresh);
  await afterSignIn();
}

/** Saves a visit; resolves with the id it got once the phone says "saved". */
export function saveVisit(body, photos, options) {
  return enqueueVisit(
    body,
    photos.map((photo) => ({ ...photo, bytes: bytesOf(photo.bytes) })),
    options,
  );
}

/** Saves an edit of a household; resolves with its id once the phone says "saved". */
export function edit(body, baseRev) {
  return saveEdit(body, { baseRev });
}

/** The person asks for a sync now. */
export async function sync() {
  kick();
}

/** The person asks to send one refused or held operation again. */
export function again(opId) {
  return retry(opId);
}

/** What the phone shows. */
export async function look() {
  const me = user.value?.id ?? null;
  const records = me === null ? [] : await loadRecords(me);
  const { epoch, durable, order } = syncState.value;
  return {
    user: me,
    loginNeeded: loginNeeded.value,
    epoch,
    durable,
    order,
    entries: records.map(({ op_id, kind, household_id, sha256, revises, corrected_by, entry }) => ({
      id: op_id,
      kind,
      household_id,
      sha256,
      revises,
      corrected: corrected_by,
      state: entry.state,
      reason: entry.text.reason ?? entry.media.reason,
      code: entry.code,
      receipt: entry.result?.receipt ?? null,
      photos: entry.photos.map(({ sha256: hash, state }) => ({ sha256: hash, state })),
    })),
    households: households.value,
  };
}
