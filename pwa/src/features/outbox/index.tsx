/** Every record saved on this phone: what waits and why, what was refused, what the server has signed for. */
import './outbox.css';
import { useEffect } from 'preact/hooks';
import { householdById } from '../../core/assignments';
import { registerTexts, t } from '../../core/i18n';
import {
  kick,
  networkKindKnown,
  type OutboxItem,
  outboxItems,
  refused,
  retry,
  sendingNow,
  setWifiOnly,
  unsent,
  wifiOnly,
} from '../../core/outbox';
import { texts as zh } from '../../i18n/zh-CN/outbox';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Progress } from '../../ui/progress';
import { EmptyState } from '../../ui/states';
import { StatusLine } from '../../ui/statusLine';
import { Tag } from '../../ui/tag';
import { learnQuestions } from './refused';
import { causes, mayExport, mayRetry, PILES, type Pile, pileOf, secondLine, tagOf } from './words';

registerTexts({ zh, en: () => import('../../i18n/en/outbox') });

function nameOf(item: OutboxItem): string {
  return item.headName || householdById(item.householdId)?.head_name || item.householdId.slice(0, 8);
}

/** Where a refused record is put right: its form again, or a new visit for a photo. */
function fixHref(item: OutboxItem): string {
  if (item.kind === 'household.edit') return `#/household/${item.householdId}/edit`;
  if (item.kind === 'household.new') return `#/new?from=${item.opId}`;
  if (item.kind === 'member.new') return `#/household/${item.householdId}/member?from=${item.opId}`;
  return refused(item.state)
    ? `#/visit/${item.householdId}?from=${item.visitId}`
    : `#/household/${item.householdId}`;
}

/** Those that a person has to look at; what only waits goes into one file together. */
const EXPORTED_ALONE: readonly Pile[] = ['attention', 'held'];

function Row({ item, pile }: { item: OutboxItem; pile: Pile }) {
  const tag = tagOf(item);
  const reasons = pile === 'attention' ? causes(item) : [];
  return (
    <li class="row ob-row">
      <div class="row-who">
        <div class="ob-head">
          <b>{nameOf(item)}</b>
          <Tag tone={tag.tone}>{t(tag.key)}</Tag>
        </div>
        <small>{secondLine(item)}</small>
        {item.state === 'accepted' && (
          <Progress
            value={item.photosSent}
            max={item.photos.length}
            label={t('outbox.photos', { sent: item.photosSent, total: item.photos.length })}
          />
        )}
        {reasons.map((reason) => (
          <p key={reason} class="ob-reason">
            {reason}
          </p>
        ))}
        {pile === 'attention' && (
          <Button kind="quiet" icon="edit" href={fixHref(item)}>
            {t('outbox.fix')}
          </Button>
        )}
        {EXPORTED_ALONE.includes(pile) && mayExport(item) && (
          <Button
            kind="plain"
            href={`#/relay/export?op=${item.opId}`}
            label={t('outbox.exportOne.of', { name: nameOf(item) })}
          >
            {t('outbox.exportOne')}
          </Button>
        )}
        {mayRetry(item) && (
          <Button
            kind="quiet"
            icon="refresh"
            onClick={() => void retry(item.opId)}
            label={t(`outbox.again.${pile}.of`, { name: nameOf(item) })}
          >
            {t(`outbox.again.${pile}`)}
          </Button>
        )}
      </div>
    </li>
  );
}

function PileList({ pile, items }: { pile: Pile; items: readonly OutboxItem[] }) {
  if (items.length === 0) return null;
  return (
    <section class="stack ob-pile">
      <h2 class="group">
        <span>{t(`outbox.${pile}`)}</span>
        <span class="num">{t('outbox.count', { n: items.length })}</span>
      </h2>
      <ul class="rows">
        {items.map((item) => (
          <Row key={item.visitId} item={item} pile={pile} />
        ))}
      </ul>
    </section>
  );
}

/** On what network photos travel, where the browser tells the network; and the way by somebody else's line. */
function Ways({ photos }: { photos: number }) {
  return (
    <div class="ob-ways">
      {photos > 0 && networkKindKnown() && (
        <Button kind="plain" pressed={wifiOnly.value} onClick={() => setWifiOnly(!wifiOnly.value)}>
          {t('outbox.wifiToggle')}
        </Button>
      )}
      {unsent.value.length > 0 && (
        <Button kind="plain" href="#/relay/export">
          {t('outbox.export')}
        </Button>
      )}
      <Button kind="plain" href="#/relay">
        {t('outbox.relay')}
      </Button>
    </div>
  );
}

function Summary() {
  const waiting = unsent.value;
  const photos = waiting.flatMap((item) => item.photos).filter((photo) => photo.state === 'waiting').length;
  const words =
    waiting.length === 0 ? t('outbox.allSent') : t('outbox.summary', { n: waiting.length, photos });
  return (
    <>
      <p class="muted small ob-summary num">
        {words}
        <br />
        {t('outbox.sealed')}
        {photos > 0 && wifiOnly.value && networkKindKnown() && (
          <>
            <br />
            {t('outbox.wifiOnly')}
          </>
        )}
      </p>
      <Ways photos={photos} />
    </>
  );
}

export function OutboxPage() {
  const items = outboxItems.value;
  const waiting = items.some((item) => pileOf(item) === 'waiting');
  const busy = sendingNow.value;
  const isRefused = items.some((item) => item.problem?.errors !== undefined);
  useEffect(() => {
    if (isRefused) learnQuestions().catch(() => undefined);
  }, [isRefused]);
  const foot = waiting && (
    <Button icon="upload" busy={busy} onClick={kick}>
      {t(busy ? 'outbox.sending' : 'outbox.retry')}
    </Button>
  );
  return (
    <Page bar={<AppBar title={t('outbox.title')} subtitle={<StatusLine />} />} foot={foot || undefined}>
      {items.length === 0 ? (
        <EmptyState
          icon="upload"
          title={t('outbox.empty')}
          text={t('outbox.emptyText')}
          action={
            <Button kind="plain" href="#/relay">
              {t('outbox.relay')}
            </Button>
          }
        />
      ) : (
        <>
          <Summary />
          {PILES.map((pile) => (
            <PileList key={pile} pile={pile} items={items.filter((item) => pileOf(item) === pile)} />
          ))}
        </>
      )}
    </Page>
  );
}
