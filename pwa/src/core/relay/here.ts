/** Files of work in this browser: what is needed of the open vault, the disk and the network to write, carry, take. */
import { authFetch } from '../api/auth';
import { now } from '../clock';
import { read, writeMeta, writeStrict } from '../localDb';
import { kick } from '../outbox';
import { lineOfOwn } from '../outbox/engine';
import { outboxChanged } from '../outbox/signals';
import { storageOf } from '../outbox/store';
import { deviceId, tokens, userId } from '../session';
import { hex } from '../vault/keys';
import { answerFile, type CarryDeps, type CarryState, carry } from './carry';
import type { AnswerHeader, RelayFile, WorkHeader } from './format';
import { type Fates, NotOurs, takeReturned } from './returned';
import { type Exported, exportWork, fileName, noteExported, type Progress } from './write';

const RECORD_MS = 4 * 60_000;
/** Answers that nobody took back are kept so long. */
const KEEP_MS = 30 * 24 * 3_600_000;
const PREFIX = 'relay/';

/** Nobody has signed in since the server began to hand over keys. */
export class NoRelayKey extends Error {}

function ownKey(): string {
  const key = tokens()?.relay;
  if (key === undefined) throw new NoRelayKey();
  return key;
}

/** Writes unsent work of the signed-in user, or what `ids` names; null when there is nothing. See `exportWork`. */
export async function exportOwn(
  ids: readonly string[] | null,
  signal: AbortSignal,
  progress: (so: Progress) => void,
): Promise<Exported | null> {
  const deps = { storage: storageOf(userId()), device: await deviceId(), key: ownKey(), now };
  return exportWork(deps, ids, signal, progress);
}

/** Notes that these operations were handed over in a file. */
export async function noteHandedOver(ids: readonly string[]): Promise<void> {
  await noteExported(storageOf(userId()), ids, now());
  await outboxChanged();
}

interface Kept {
  at: number;
  answer: string;
}

function placesOf(digest: string): IDBKeyRange {
  return IDBKeyRange.bound(`${PREFIX}${digest}/`, `${PREFIX}${digest}/\uffff`);
}

async function keptAnswers(digest: string): Promise<Map<number, string>> {
  const range = placesOf(digest);
  const [keys, values] = await read((database) =>
    Promise.all([database.getAllKeys('meta', range), database.getAll('meta', range)]),
  );
  return new Map(keys.map((key, i) => [Number(key.split('/')[2]), (values[i] as Kept).answer]));
}

async function forgetOld(): Promise<void> {
  const range = IDBKeyRange.bound(PREFIX, `${PREFIX}\uffff`);
  const [keys, values] = await read((database) =>
    Promise.all([database.getAllKeys('meta', range), database.getAll('meta', range)]),
  );
  const old = keys.filter((_, i) => now() - (values[i] as Kept).at > KEEP_MS);
  if (old.length === 0) return;
  await writeStrict(['meta'], async (tx) => {
    for (const key of old) await tx.objectStore('meta').delete(key);
  });
}

async function digestOf(file: RelayFile): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', file.raw));
}

function depsOf(digest: string): CarryDeps {
  return {
    send: (path, request) =>
      authFetch(
        new Request(`${location.origin}/api/v1${path}`, {
          ...request,
          signal: AbortSignal.timeout(RECORD_MS),
        }),
      ),
    kept: () => keptAnswers(digest),
    keep: (place, answer) => writeMeta(`${PREFIX}${digest}/${place}`, { at: now(), answer }),
  };
}

/** How far a file was carried before by this user. */
export async function carriedSoFar(file: RelayFile): Promise<number> {
  return (await keptAnswers(await digestOf(file))).size;
}

/** Carries a colleague's file; goes on where an earlier try ended. See `carry`. */
export async function carryHere(
  file: RelayFile<WorkHeader>,
  signal: AbortSignal,
  tell: (state: CarryState) => void,
): Promise<CarryState> {
  await forgetOld();
  return carry(depsOf(await digestOf(file)), file, signal, tell);
}

/** The file with the answers so far, and its name; null when there are none. */
export async function answersHere(file: RelayFile<WorkHeader>): Promise<{ blob: Blob; name: string } | null> {
  const blob = answerFile(file, await keptAnswers(await digestOf(file)));
  return blob && { blob, name: fileName(now(), 'answers') };
}

/** Takes in answers that came back; what they changed is on the screen when it resolves. See `takeReturned`. */
export async function takeHere(file: RelayFile<AnswerHeader>): Promise<Fates> {
  const line = await lineOfOwn();
  if (!line) throw new NotOurs();
  const fates = await takeReturned(line, ownKey(), file);
  await outboxChanged();
  kick();
  return fates;
}
