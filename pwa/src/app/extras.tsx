/** Pages that are opened now and then: carried files, the check of the phone, what is new. A chunk of its own. */
import type { VNode } from 'preact';
import type { Place } from '../core/nav';
import { lazy } from './lazy';

const RelayPage = lazy(async () => (await import('../features/relay')).RelayPage);
const ExportPage = lazy(async () => (await import('../features/relay/exportPage')).ExportPage);
const CheckPage = lazy(async () => (await import('../features/selfcheck')).CheckPage);
const OwnPage = lazy(async () => (await import('../features/account/own')).OwnPage);
const ChangesPage = lazy(async () => (await import('../features/changes')).ChangesPage);

/** The page of an address that begins with one of EXTRAS. */
export function ExtraPage({ at }: { at: Place }): VNode {
  const [first, second] = at.parts;
  if (first === 'check') return <CheckPage first={second === 'first'} />;
  if (first === 'account') return <OwnPage />;
  if (first === 'changes') return <ChangesPage />;
  return second === 'export' ? <ExportPage op={at.query['op'] ?? null} /> : <RelayPage />;
}
