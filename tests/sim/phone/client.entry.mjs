/** What the simulator calls in today's client. */
import { afterSignIn, afterUnlock, start } from '@app/app/start';
import { households } from '@app/core/assignments';
import { arrive, choosePin, gate, unlock } from '@app/core/gate';
import { kick, outboxItems, retry, syncState } from '@app/core/outbox';
import { loadRecords } from '@app/core/outbox/rows';
import { enqueueVisit, saveEdit } from '@app/core/outbox/save';
import { deviceId, loginNeeded, user } from '@app/core/session';

const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, 'base64')).buffer;

const PIN = '204173';

async function typePin() {
  // Typing is use: without it the app would lock itself again at once.
  dispatchEvent({ type: 'input' });
  for (let asked = 0; asked < 3 && gate.value.at !== 'open'; asked += 1) {
    if (gate.value.at === 'choose') await choosePin(PIN);
    else if (gate.value.at === 'locked') await unlock(PIN);
  }
  return gate.value.at === 'open';
}

let typing = Promise.resolve(true);

/** The person types the PIN where the app asks for it, or chooses one: whoever looks at the phone wants it open. */
function passGate() {
  typing = typing.then(typePin, typePin);
  return typing;
}

/** Opens the lock that fell while nobody used the phone. */
async function wake() {
  const wasOpen = gate.value.at === 'open';
  if (!wasOpen && (await passGate())) void afterUnlock();
}

/** The app is opened. */
export async function boot() {
  await start();
  await wake();
}

export { deviceId as device };

export async function signIn(person, access, refresh, recovery) {
  await arrive({ user: person, access, refresh, recovery }, false);
  if (await passGate()) await afterSignIn();
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
  await wake();
  kick();
}

/** The person asks to send one refused or held operation again. */
export function again(opId) {
  return retry(opId);
}

/** What a person sees at once when the app opens. */
export async function glance() {
  await wake();
  return { user: user.value?.id ?? null, loginNeeded: loginNeeded.value, order: syncState.value.order };
}

/** One of the households on the list, and how far the work of this phone has come. */
export async function pick(chance) {
  const seen = await glance();
  const list = households.value;
  const entries = outboxItems.value.map(({ opId, kind, householdId, state, revises, correctedBy }) => ({
    id: opId,
    kind,
    household_id: householdId,
    state,
    revises,
    corrected: correctedBy,
  }));
  return { ...seen, household: list[Math.floor(chance * list.length)] ?? null, entries: entries.reverse() };
}

/** All that the phone shows. */
export async function look() {
  await wake();
  const me = user.value?.id ?? null;
  const records = me === null ? [] : await loadRecords(me);
  const { epoch, durable, order, cursor, scope } = syncState.value;
  return {
    user: me,
    loginNeeded: loginNeeded.value,
    epoch,
    durable,
    order,
    cursor,
    scope,
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
