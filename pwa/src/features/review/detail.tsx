/** One visit in front of the reviewer: being read, failed, kept from before, or there. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../core/i18n';
import { online } from '../../core/network';
import { errorHelp, type RecordState, VisitRecordView } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/progress';
import { ErrorState } from '../../ui/states';
import { mayDecide } from './decisionPanel';
import { openQueue, queue } from './queue';
import { hrefOf } from './queueList';
import { decisionOf, mayWrite, writeOnQuestion } from './store';

/** Brings the reader to the head of the visit that has just come on screen. */
function useHeadFocus(id: string | null) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (id !== null) box.current?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }, [id]);
  return box;
}

/** The light is out: the visit and its place in the list are read again. */
export function dismissed(reload: () => void): void {
  reload();
  void openQueue(queue.value.state);
}

export function Detail({ state, lightsAside }: { state: RecordState; lightsAside: boolean }) {
  const { record, error, loading, reload } = state;
  const box = useHeadFocus(record?.visit.id ?? null);
  if (loading) return <Skeleton label={t('record.loading')} lines={5} />;
  if (!record)
    return (
      <ErrorState
        title={t('record.error')}
        text={errorHelp(error)}
        retry={{ label: t('record.retry'), onClick: reload }}
      />
    );
  const { visit } = record;
  const commenting = {
    texts: decisionOf(visit.id).comments,
    writable: mayWrite(visit.id),
    onInput: (question: string, text: string) => writeOnQuestion(visit.id, question, text),
  };
  return (
    <div ref={box} class="rev-detail">
      {error !== null && online.value && (
        <Banner
          icon="offline"
          role="status"
          action={
            <Button kind="plain" onClick={reload}>
              {t('record.retry')}
            </Button>
          }
        >
          {t('record.kept')}
        </Banner>
      )}
      <VisitRecordView
        key={visit.id}
        record={record}
        hrefOf={hrefOf}
        lightsAside={lightsAside}
        commenting={mayDecide(visit) ? commenting : undefined}
        onDismissed={() => dismissed(reload)}
      />
    </div>
  );
}
