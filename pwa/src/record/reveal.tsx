/** Full numbers of one member: asked for with a reason, shown for a minute, kept nowhere. */
import './reveal.css';
import { useEffect, useState } from 'preact/hooks';
import type { Revealed, RevealReason } from '../core/api/auditTypes';
import { api, call } from '../core/api/client';
import { registerTexts, t } from '../core/i18n';
import { online } from '../core/network';
import { user } from '../core/session';
import { texts as zh } from '../i18n/zh-CN/reveal';
import { Button } from '../ui/button';
import { ChoiceOne } from '../ui/choice';
import { Sheet } from '../ui/dialog';
import { Field } from '../ui/field';
import { errorHelp } from './words';

registerTexts({ zh, en: () => import('../i18n/en/reveal') });

const REASONS: readonly RevealReason[] = [
  'identity',
  'contact',
  'payment',
  'register',
  'inspection',
  'other',
];
const ROLES: readonly string[] = ['first_secretary', 'township', 'county'];
const SHOWN_SECONDS = 60;
const SHORTEST_NOTE = 4;

interface Whose {
  householdId: string;
  memberId: string;
  name: string;
}

function useCountdown(seconds: number, onEnd: () => void): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) {
      onEnd();
      return;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, onEnd]);
  return left;
}

function Numbers({ found, onHide }: { found: Revealed; onHide: () => void }) {
  const left = useCountdown(SHOWN_SECONDS, onHide);
  return (
    <div class="reveal-numbers" role="status">
      <p>
        {t('reveal.id')} <b class="num">{found.id_number ?? t('reveal.none')}</b>
      </p>
      <p>
        {t('reveal.phone')} <b class="num">{found.phone ?? t('reveal.none')}</b>
      </p>
      <p class="reveal-left">
        <span class="muted small num" aria-hidden="true">
          {t('reveal.left', { n: left })}
        </span>
        <Button kind="plain" onClick={onHide}>
          {t('reveal.hide')}
        </Button>
      </p>
    </div>
  );
}

interface AskProps {
  whose: Whose;
  onClose: () => void;
  onFound: (found: Revealed) => void;
}

function Ask({ whose, onClose, onFound }: AskProps) {
  const [reason, setReason] = useState<RevealReason | null>(null);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isShort = reason === 'other' && note.trim().length < SHORTEST_NOTE;
  const show = async () => {
    setTried(true);
    if (reason === null || isShort) return;
    setBusy(true);
    setError(null);
    const path = { household_id: whose.householdId, member_id: whose.memberId };
    try {
      const body = { reason, note: note.trim() };
      onFound(
        await call(
          api.POST('/households/{household_id}/members/{member_id}/reveal', { params: { path }, body }),
        ),
      );
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button kind="quiet" onClick={onClose}>
        {t('reveal.cancel')}
      </Button>
      <Button kind="primary" icon="eye" busy={busy} onClick={() => void show()}>
        {t('reveal.confirm')}
      </Button>
    </>
  );
  return (
    <Sheet open title={t('reveal.title')} onClose={onClose} actions={actions}>
      <p class="reveal-about">{t('reveal.about', { name: whose.name })}</p>
      <ChoiceOne
        legend={t('reveal.reason')}
        columns={2}
        value={reason}
        error={tried && reason === null ? t('reveal.choose') : undefined}
        options={REASONS.map((id) => ({ id, label: t(`reveal.reason.${id}`) }))}
        onChange={(id) => setReason(id as RevealReason)}
      />
      <Field
        label={t('reveal.noteLabel')}
        value={note}
        maxLength={200}
        hint={t('reveal.noteHint')}
        error={tried && isShort ? t('reveal.noteOther') : undefined}
        onInput={setNote}
      />
      {error !== null && <p role="alert">{errorHelp(error)}</p>}
    </Sheet>
  );
}

/** Whether the role of whoever is signed in may see full numbers; the server decides for each household. */
export const mayReveal = (): boolean => ROLES.includes(user.value?.role ?? '');

/** A quiet button for who may see full numbers; nothing for others. */
export function Reveal(whose: Whose) {
  const [asking, setAsking] = useState(false);
  const [found, setFound] = useState<Revealed | null>(null);
  if (!mayReveal()) return null;
  if (found) return <Numbers found={found} onHide={() => setFound(null)} />;
  return (
    <>
      <Button
        kind="plain"
        disabled={!online.value}
        label={t(online.value ? 'reveal.showOf' : 'reveal.offline', { name: whose.name })}
        onClick={() => setAsking(true)}
      >
        {t('reveal.show')}
      </Button>
      {asking && (
        <Ask
          whose={whose}
          onClose={() => setAsking(false)}
          onFound={(numbers) => {
            setFound(numbers);
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
