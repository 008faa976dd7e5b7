/** Checklist definitions, kept on the phone by version so that a form begun offline can always be finished. */
import { api, call } from './api/client';
import type { ChecklistJson } from './api/types';
import { read, readMeta, writeStrict } from './localDb';
import { open, seal } from './vault';

const CURRENT = 'checklist.current';

/** Downloads the current definition and keeps it; older versions stay. */
export async function refreshChecklist(): Promise<ChecklistJson> {
  return fetchVersion('current');
}

async function fetchVersion(version: string): Promise<ChecklistJson> {
  const definition = await call(api.GET('/checklists/{version}', { params: { path: { version } } }));
  const sealed = await seal('checklists', definition.version, definition);
  await writeStrict(['checklists', 'meta'], async (tx) => {
    await tx.objectStore('checklists').put(sealed, definition.version);
    if (version === 'current') await tx.objectStore('meta').put(definition.version, CURRENT);
  });
  return definition;
}

/** A definition by version, the current one without: from this phone, else from the server. */
export async function checklist(version?: string): Promise<ChecklistJson> {
  const wanted = version ?? (await readMeta<string>(CURRENT));
  if (wanted === undefined) return refreshChecklist();
  const kept = await read((database) => database.get('checklists', wanted));
  return kept === undefined ? fetchVersion(wanted) : open<ChecklistJson>('checklists', wanted, kept);
}

/** The newest definition this phone has; null without one. Asks nobody. */
export async function keptChecklist(): Promise<ChecklistJson | null> {
  const current = await readMeta<string>(CURRENT);
  const kept = current && (await read((database) => database.get('checklists', current)));
  return kept ? open<ChecklistJson>('checklists', current, kept) : null;
}
