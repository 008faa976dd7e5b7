/** Judging the whole county again: start it, follow it, and all runs before. */
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../../core/api/client';
import type { Run, RunPage } from '../../../core/api/policyTypes';
import { t } from '../../../core/i18n';
import { go } from '../../../core/nav';
import { joined, useReading } from '../../../core/reading';
import { errorHelp, runReason } from '../../../record';
import { Banner } from '../../../ui/banner';
import { Button } from '../../../ui/button';
import { Card } from '../../../ui/card';
import { Field } from '../../../ui/field';
import { LoadMore } from '../../../ui/loadMore';
import { EmptyState } from '../../../ui/states';
import { Frame, Read } from '../frame';
import { isOver, runHref } from './model';
import { RunLine, RunProgress, useFollow } from './parts';

const LEAST = 5;
const PAGE = 20;

function readPage(after: string | null): Promise<RunPage> {
  const query = { limit: PAGE, ...(after === null ? {} : { after }) };
  return call(api.GET('/policy/rejudgements', { params: { query } }));
}

function Start() {
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const start = async () => {
    const short = [...reason.trim()].length < LEAST;
    setWrong(short);
    setError(null);
    if (short) return;
    setBusy(true);
    try {
      const run = await call(api.POST('/policy/rejudgements', { body: { reason: reason.trim() } }));
      go(runHref(run.id));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Card title={t('policy.runs.start')}>
      <div class="stack">
        <p>{t('policy.runs.startText')}</p>
        <Field
          label={t('policy.runs.reason')}
          value={reason}
          maxLength={500}
          error={wrong ? t('policy.sign.wrong.reason.short') : undefined}
          onInput={(text) => {
            setReason(text);
            setWrong(false);
          }}
        />
        {error !== null && (
          <Banner icon="alert" role="alert">
            {errorHelp(error)}
          </Banner>
        )}
        <div>
          <Button busy={busy} icon="refresh" onClick={() => void start()}>
            {t('policy.runs.startButton')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

interface ListProps {
  page: RunPage;
  put: (page: RunPage) => void;
}

function UnderWay({ run, onNews }: { run: Run; onNews: (run: Run) => void }) {
  const { lost, still } = useFollow(run, onNews);
  return (
    <Card title={t('policy.runs.underWay')}>
      <a class="run-reason" href={runHref(run.id)}>
        {runReason(run)}
      </a>
      <RunProgress run={run} lost={lost} still={still} />
    </Card>
  );
}

function List({ page, put }: ListProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const open = page.items.find((run) => !isOver(run));
  const replace = (run: Run) =>
    put({ ...page, items: page.items.map((one) => (one.id === run.id ? run : one)) });
  const more = async () => {
    setBusy(true);
    setError(null);
    try {
      const next = await readPage(page.next);
      put({ items: joined(page.items, next.items, (run) => run.id), next: next.next });
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <>
      {open ? <UnderWay key={open.id} run={open} onNews={replace} /> : <Start />}
      <h2 class="group">{t('policy.runs.past')}</h2>
      {page.items.length === 0 && (
        <EmptyState icon="refresh" title={t('policy.runs.empty')} text={t('policy.runs.emptyText')} />
      )}
      {page.items.length > 0 && (
        <ul class="rows" aria-label={t('policy.runs.past')}>
          {page.items.map((run) => (
            <RunLine key={run.id} run={run} />
          ))}
        </ul>
      )}
      <LoadMore
        label={t('policy.more')}
        more={page.next !== null}
        busy={busy}
        error={error}
        say={errorHelp}
        onMore={() => void more()}
      />
    </>
  );
}

const LOOK_MS = 5_000;

/** Runs also start by themselves: looks for a new one while none is under way and only the first page is shown. */
function useNewRuns(page: RunPage | null, look: () => void): void {
  const idle = page !== null && page.items.length <= PAGE && page.items.every(isOver);
  useEffect(() => {
    if (!idle) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [idle, look]);
}

export function RunsScreen() {
  const reading = useReading('runs', () => readPage(null));
  useNewRuns(reading.data, reading.reload);
  return (
    <Frame at="runs">
      <Read {...reading} label={t('policy.loading')}>
        {(page) => <List page={page} put={reading.put} />}
      </Read>
    </Frame>
  );
}
