/**
 * A day without a network, rehearsed in a few seconds: the service worker and this page reach nobody, and everything
 * that the day needs is done once with what is on the phone.
 */
import { households, loadHouseholds } from '../../core/assignments';
import { checklist } from '../../core/checklists';
import { readMeta, writeStrict } from '../../core/localDb';
import { withoutNetwork } from '../../core/network';
import { policy } from '../../core/policy/store';
import { user } from '../../core/session';
import { open, openBytes, type Sealed, seal, sealBytes } from '../../core/vault';
import type { Step, StepId } from './model';

const WORKER_MS = 8_000;
/** As long as a photo. */
const PHOTO_BYTES = 300 * 1024;
const PLACE = 'rehearsal';

interface Counted {
  files: number;
  missing: number;
}

/** Switches the network off or on for whatever passes through the service worker; null when there is none. */
function tellWorker(on: boolean): Promise<Counted | null> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve(null);
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => resolve(data as Counted);
    setTimeout(() => resolve(null), WORKER_MS);
    worker.postMessage({ type: 'REHEARSE', on }, [channel.port2]);
  });
}

/** The app's own files come from the phone, and nothing else comes at all. */
async function app(counted: Counted | null): Promise<number> {
  if (!counted || counted.missing > 0) throw new Error('files are missing');
  const page = await fetch('/index.html');
  const outside = await fetch('/healthz', { cache: 'no-store' }).then(
    () => true,
    () => false,
  );
  if (!page.ok || outside) throw new Error('the network was not off');
  return counted.files;
}

async function list(): Promise<number> {
  await loadHouseholds();
  const n = households.value.length;
  if (n === 0) throw new Error('no households on this phone');
  return n;
}

async function form(): Promise<number> {
  const { questions } = (await checklist()) as unknown as { questions: unknown[] };
  await policy();
  return questions.length;
}

async function forget(): Promise<void> {
  await writeStrict(['meta'], async (tx) => {
    await tx.objectStore('meta').delete(PLACE);
  });
}

/** Sealed, written, read back and compared, removed: what saving a visit with a photo asks of the phone. */
async function record(): Promise<number> {
  const photo = crypto.getRandomValues(new Uint8Array(65_536));
  const bytes = new Uint8Array(PHOTO_BYTES).map((_, i) => photo[i % photo.length] ?? 0);
  const answer = { rehearsal: crypto.randomUUID() };
  const row = { answer: await seal('meta', PLACE, answer), photo: await sealBytes('meta', PLACE, bytes) };
  try {
    await writeStrict(['meta'], async (tx) => {
      await tx.objectStore('meta').put(row, PLACE);
    });
    const kept = (await readMeta<{ answer: Sealed; photo: Sealed }>(PLACE)) ?? row;
    const same = (await open<typeof answer>('meta', PLACE, kept.answer)).rehearsal === answer.rehearsal;
    const back = new Uint8Array(await openBytes('meta', PLACE, kept.photo));
    if (!same || back.some((byte, i) => byte !== bytes[i])) throw new Error('read something else');
  } finally {
    await forget();
  }
  if ((await readMeta(PLACE)) !== undefined) throw new Error('it could not be removed');
  return bytes.length;
}

async function step(id: StepId, work: () => Promise<number>): Promise<Step> {
  return work().then(
    (n) => ({ id, ok: true, n }),
    () => ({ id, ok: false, n: 0 }),
  );
}

/** Rehearses; `tell` hears of each step. The network is back when it resolves. */
export async function rehearse(tell: (steps: readonly Step[]) => void): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const done = async (id: StepId, work: () => Promise<number>) => {
    steps.push(await step(id, work));
    tell([...steps]);
  };
  const counted = await tellWorker(true);
  try {
    await withoutNetwork(async () => {
      await done('app', () => app(counted));
      // Who reviews works on the server: a list and a form are on the phones of those who visit.
      if (user.value?.role === 'grid_member') {
        await done('list', list);
        await done('form', form);
      }
      await done('record', record);
    });
  } finally {
    await tellWorker(false);
  }
  return steps;
}
