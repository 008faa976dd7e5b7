/** Plain words for the state of a saved visit. */
import { codeText, problemText } from '../../core/api/problem';
import { now } from '../../core/clock';
import { kindWord, showAgo, showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { arrived, type OutboxItem, refused as refusedState, sendingIds } from '../../core/outbox';
import type { Tone } from '../../ui/tag';
import { answersRefused } from './refused';

export type Pile = 'attention' | 'waiting' | 'held' | 'sent' | 'replaced';
export const PILES: readonly Pile[] = ['attention', 'waiting', 'held', 'sent', 'replaced'];

function refused(item: OutboxItem): boolean {
  return refusedState(item.state);
}

/** Which list a record belongs to. */
export function pileOf(item: OutboxItem): Pile {
  if (refused(item)) return item.correctedBy === null ? 'attention' : 'replaced';
  if (item.state === 'held') return 'held';
  if (!arrived(item.state)) return 'waiting';
  return item.photosRefused > 0 && item.correctedBy === null ? 'attention' : 'sent';
}

/** The label at the end of the row. */
export function tagOf(item: OutboxItem): { tone: Tone; key: string } {
  if (refused(item) && item.correctedBy !== null) return { tone: 'plain', key: 'outbox.tag.corrected' };
  if (arrived(item.state))
    return item.photosRefused > 0
      ? { tone: 'strong', key: 'outbox.tag.photo' }
      : { tone: 'green', key: 'outbox.tag.complete' };
  if (sendingIds.value.has(item.opId)) return { tone: 'accent', key: 'outbox.tag.sending' };
  const tones: Record<string, Tone> = { queued: 'plain', accepted: 'accent', held: 'accent' };
  return { tone: tones[item.state] ?? 'strong', key: `outbox.tag.${item.state}` };
}

/** When it is tried again by itself. */
function nextTry(item: OutboxItem): string {
  if (item.reason === 'login') return t('outbox.afterLogin');
  if (item.reason === 'no_network') return t('outbox.whenOnline');
  if (item.nextTryAt - now() < 60_000) return t('outbox.soon');
  return t('outbox.next', { when: showInstant(item.nextTryAt) });
}

const KEPT_TWICE: readonly OutboxItem['state'][] = ['durable', 'pruned'];

/** What the server signed for, when, and whether its backups have it too. */
function arrivedLine(item: OutboxItem): string {
  const parts = [
    item.receipt !== null && t('outbox.receipt', { n: item.receipt }),
    t('outbox.receivedAt', { when: showInstant(item.receivedAt ?? item.since) }),
    KEPT_TWICE.includes(item.state) && t('outbox.backedUp'),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Whether it may go into a file of its own: whatever the server has not signed for completely. */
export function mayExport(item: OutboxItem): boolean {
  return pileOf(item) !== 'sent' && item.correctedBy === null && !arrived(item.state);
}

/** Whether asking again at once makes sense for this one alone. */
export function mayRetry(item: OutboxItem): boolean {
  if (sendingIds.value.has(item.opId) || item.correctedBy !== null) return false;
  const pile = pileOf(item);
  return pile === 'held' || (pile === 'waiting' && item.nextTryAt > now());
}

/** The line under the name: what it is, unless a visit; since when, why, and what happens next. */
export function secondLine(item: OutboxItem): string {
  const story = storyOf(item);
  return item.kind === 'visit' ? story : `${t(`outbox.${item.kind}`)} · ${story}`;
}

function storyOf(item: OutboxItem): string {
  const story = travelOf(item);
  if (item.exportedAt === null || arrived(item.state) || item.correctedBy !== null) return story;
  return `${story} · ${t('outbox.exported', { when: showInstant(item.exportedAt) })}`;
}

function travelOf(item: OutboxItem): string {
  const saved = t('outbox.savedAt', { when: showInstant(item.savedAt) });
  if (arrived(item.state)) return arrivedLine(item);
  if (refused(item)) return item.correctedBy === null ? saved : `${saved} · ${t('outbox.corrected')}`;
  const parts = [saved];
  if (item.state === 'accepted')
    parts.push(t('outbox.photos', { sent: item.photosSent, total: item.photos.length }));
  if (item.state === 'held') return [...parts, t(`held.${item.code}`)].join(' · ');
  if (sendingIds.value.has(item.opId)) return [...parts, t('outbox.sending')].join(' · ');
  if (item.reason === null) {
    if (item.state === 'queued') parts.push(t('outbox.whenOnline'));
    return parts.join(' · ');
  }
  if (now() - item.savedAt > 60_000) parts.push(t('outbox.waited', { ago: showAgo(item.savedAt) }));
  parts.push(t(`wait.${item.reason}`), nextTry(item));
  return parts.join(' · ');
}

/** Why a person has to look at it: the problem, its first details, and refused photos. */
export function causes(item: OutboxItem): string[] {
  const problem = item.problem ? [problemText(item.problem)] : [];
  const photos = item.photos
    .filter((photo) => photo.state === 'refused')
    .map((photo) =>
      t('outbox.photoRefused', {
        kind: kindWord(photo.kind),
        reason: codeText(photo.reason ?? 'photo_refused'),
      }),
    );
  const hint = photos.length > 0 && !refused(item) ? [t('outbox.photoAgain')] : [];
  return [...problem, ...answersRefused(item), ...photos, ...hint];
}
