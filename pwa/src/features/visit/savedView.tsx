/** After saving: it is on this phone for certain; the server's receipt appears when it has come. */
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { type OutboxItem, outboxItems } from '../../core/outbox';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { PracticeBand } from './practiceBand';

export function SavedView({ visitId, name }: { visitId: string; name: string }) {
  const item = outboxItems.value.find((one) => one.visitId === visitId);
  const sent = item?.receipt != null;
  return (
    <Page
      bar={<AppBar title={name} />}
      foot={<Button onClick={() => go('#/', { replace: true })}>{t('visit.saved.home')}</Button>}
    >
      <div class={`visit-done${sent ? ' visit-done-sent' : ''}`} role="status">
        <Icon name="check" size={56} />
        <h2>{t('visit.saved.title')}</h2>
        <State item={item} />
        <Button kind="quiet" icon="list" href={`#/slip/${visitId}`}>
          {t('visit.saved.slip')}
        </Button>
      </div>
    </Page>
  );
}

/** The end of a practice: it looks like the real one, and says what is different. */
export function PracticeDone({ name }: { name: string }) {
  return (
    <Page
      bar={
        <AppBar title={name}>
          <PracticeBand />
        </AppBar>
      }
      foot={<Button onClick={() => go('#/practice', { replace: true })}>{t('practice.back')}</Button>}
    >
      <div class="visit-done" role="status">
        <Icon name="check" size={56} />
        <h2>{t('practice.saved')}</h2>
        <p>{t('practice.savedText')}</p>
      </div>
    </Page>
  );
}

function State({ item }: { item: OutboxItem | undefined }) {
  if (item?.state === 'rejected')
    return (
      <>
        <Banner tone="red" icon="alert">
          {t('visit.saved.refused')}
        </Banner>
        <Button kind="quiet" href="#/outbox">
          {t('visit.saved.outbox')}
        </Button>
      </>
    );
  if (item?.receipt == null) return <p class="muted">{t('visit.saved.waiting')}</p>;
  const { photos, photosSent } = item;
  return (
    <>
      <p>
        <b>{t('visit.saved.receipt', { number: item.receipt })}</b>
      </p>
      {item.receivedAt && <p class="muted">{t('visit.saved.at', { time: showInstant(item.receivedAt) })}</p>}
      {photosSent < photos.length && (
        <Progress
          value={photosSent}
          max={photos.length}
          label={t('visit.saved.photos', { sent: photosSent, n: photos.length })}
        />
      )}
      {photos.length > 0 && (
        <p class="small muted">{t('visit.saved.photos', { sent: photosSent, n: photos.length })}</p>
      )}
    </>
  );
}
