/** The state of the chain: verified up to where, what was found, and its head to be kept elsewhere. */
import { useState } from 'preact/hooks';
import type { AuditFinding, AuditState } from '../../core/api/auditTypes';
import { api, call } from '../../core/api/client';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { useReading } from '../../core/reading';
import { errorHelp } from '../../record';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Skeleton } from '../../ui/progress';
import { Tag } from '../../ui/tag';
import { headFile, shortHash } from './model';

const LOOKS = 40; // a minute: whoever verifies may have a long chain and other work
const LOOK_MS = 1500;

const read = () => call(api.GET('/audit/state', {}));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks for a verification and waits until it is there; null when it takes longer. */
async function verified(before: AuditState): Promise<AuditState | null> {
  await call(api.POST('/audit/checks', {}));
  for (let look = 0; look < LOOKS; look += 1) {
    await pause(LOOK_MS);
    const state = await read();
    if (state.check?.at !== before.check?.at) return state;
  }
  return null;
}

function keep(state: AuditState): string {
  const name = headFile(state.chain, state.count);
  const text = JSON.stringify(state.document, null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
  return name;
}

function foundText({ number, kind }: AuditFinding): string {
  const what = t(`audit.found.${kind}`);
  return number === null ? what : t('audit.finding', { n: number, what });
}

function Verdict({ state }: { state: AuditState }) {
  const { check } = state;
  if (check === null) return <Tag>{t('audit.chainNever')}</Tag>;
  const until = t('audit.chainUntil', { n: check.number, time: showInstant(check.at) });
  if (check.findings.length === 0)
    return (
      <>
        <Tag tone="green">{t('audit.chainWhole')}</Tag>
        <span class="num">{until}</span>
      </>
    );
  return (
    <>
      <Tag tone="strong">{t('audit.chainBroken', { n: check.findings.length })}</Tag>
      <span class="num">{until}</span>
      <ul class="aud-findings" aria-label={t('audit.chainBroken', { n: check.findings.length })}>
        {check.findings.map((one) => (
          <li key={`${one.number} ${one.kind}`}>{foundText(one)}</li>
        ))}
      </ul>
    </>
  );
}

function Known({ state, put }: { state: AuditState; put: (state: AuditState) => void }) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const check = async () => {
    setBusy(true);
    setSaid('');
    try {
      const found = await verified(state);
      if (found) put(found);
      else setSaid(t('audit.checkLate'));
    } catch (error) {
      setSaid(errorHelp(error));
    }
    setBusy(false);
  };
  const save = async () => {
    try {
      const fresh = await read(); // the newest head, not the one of when the page was opened
      put(fresh);
      setSaid(t('audit.exported', { name: keep(fresh) }));
    } catch (error) {
      setSaid(errorHelp(error));
    }
  };
  return (
    <>
      <div class="aud-verdict">
        <Verdict state={state} />
      </div>
      <p class="num aud-head">
        {t('audit.chainHead', { n: state.count })} <code>{shortHash(state.hash)}</code>
      </p>
      <div class="aud-acts">
        <Button kind="quiet" icon="check" busy={busy} onClick={() => void check()}>
          {t(busy ? 'audit.checking' : 'audit.check')}
        </Button>
        <Button kind="quiet" icon="download" onClick={() => void save()}>
          {t('audit.export')}
        </Button>
      </div>
      <p role="status" class="small">
        {said}
      </p>
      <p class="muted small aud-about">{t('audit.chainAbout')}</p>
    </>
  );
}

export function Chain() {
  const reading = useReading('audit-state', read);
  return (
    <Card title={t('audit.chain')}>
      {reading.data !== null ? (
        <Known state={reading.data} put={reading.put} />
      ) : reading.error === null ? (
        <Skeleton label={t('audit.loading')} lines={2} />
      ) : (
        <p role="alert">{errorHelp(reading.error)}</p>
      )}
    </Card>
  );
}
