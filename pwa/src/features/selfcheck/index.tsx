/** Whether this phone is ready for a day without a network: a page, and the same in three steps after the first sign-in. */
import './check.css';
import { useEffect, useState } from 'preact/hooks';
import { showInstant } from '../../core/format';
import { hasText, registerTexts, t } from '../../core/i18n';
import { back, go } from '../../core/nav';
import { texts as zh } from '../../i18n/zh-CN/check';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Tag, type Tone } from '../../ui/tag';
import { type Facts, type Grade, LINES, type Line, type LineId, lineOf, type Step, summary } from './model';
import { askToKeep, lookAround, lookForPlace } from './probe';
import { rehearse } from './rehearsal';
import { keepRehearsal, lastRehearsal, tellServer } from './store';

registerTexts({ zh, en: () => import('../../i18n/en/check') });

const TONES: Record<Grade, Tone> = { ok: 'green', warn: 'strong', bad: 'solid' };

/** Where there is something the page itself can do about it. */
function actOf(line: Line): LineId | null {
  return line.grade !== 'ok' && ['persisted', 'place'].includes(line.id) ? line.id : null;
}

function LineRow({ line, onAct }: { line: Line; onAct: (id: LineId) => void }) {
  const key = `check.${line.id}.${line.word}`;
  const todo = hasText(`${key}.do`) && line.grade !== 'ok' ? t(`${key}.do`, line.params) : null;
  const act = actOf(line);
  return (
    <li class="check-line">
      <div class="check-head">
        <b>{t(`check.${line.id}`)}</b>
        <Tag tone={TONES[line.grade]}>{t(`check.grade.${line.grade}`)}</Tag>
      </div>
      <p>{t(key, line.params)}</p>
      {todo && <p class="check-todo">{todo}</p>}
      {act && (
        <Button kind="plain" onClick={() => onAct(act)}>
          {t(`check.act.${act}`)}
        </Button>
      )}
    </li>
  );
}

function StepRow({ step }: { step: Step }) {
  return (
    <li class="check-step">
      <span>{t(`check.step.${step.id}`, { n: step.n })}</span>
      <Tag tone={step.ok ? 'green' : 'solid'}>{t(step.ok ? 'check.grade.ok' : 'check.grade.bad')}</Tag>
    </li>
  );
}

/** Everything known so far, and the ways to know more. */
function useCheck() {
  const [facts, setFacts] = useState<Facts>({});
  const [running, setRunning] = useState(false);
  const [rehearsedAt, setAt] = useState<number | null>(null);
  const know = (more: Facts) => setFacts((before) => ({ ...before, ...more }));
  const look = async () => {
    const last = await lastRehearsal();
    setAt(last?.at ?? null);
    know({ ...(await lookAround()), rehearsal: last?.steps ?? null });
  };
  useEffect(() => {
    void look();
  }, []);
  const act = async (id: LineId) => {
    if (id === 'place') know({ place: await lookForPlace() });
    if (id === 'persisted') know({ persisted: await askToKeep() });
  };
  const run = async () => {
    setRunning(true);
    const steps = await rehearse((so) => know({ rehearsal: so }));
    await keepRehearsal(steps).catch(() => undefined);
    setRunning(false);
    await look();
  };
  return { facts, running, rehearsedAt, act, run };
}

function Rehearsal({ check }: { check: ReturnType<typeof useCheck> }) {
  const { facts, running, rehearsedAt, run } = check;
  return (
    <section class="stack check-rehearsal">
      <h2 class="group">{t('check.rehearsal')}</h2>
      <p>{t('check.rehearsalText')}</p>
      {facts.rehearsal && (
        <ul class="rows" aria-label={t('check.rehearsal')}>
          {facts.rehearsal.map((step) => (
            <StepRow key={step.id} step={step} />
          ))}
        </ul>
      )}
      {rehearsedAt !== null && !running && (
        <p class="muted small num">{t('check.rehearsedAt', { when: showInstant(rehearsedAt) })}</p>
      )}
      <Button kind="quiet" icon="offline" busy={running} onClick={() => void run()}>
        {t(running ? 'check.running' : 'check.run')}
      </Button>
    </section>
  );
}

function LineList({ ids, check }: { ids: readonly LineId[]; check: ReturnType<typeof useCheck> }) {
  const lines = ids.flatMap((id) => lineOf(id, check.facts) ?? []);
  return (
    <ul class="rows" aria-label={t('check.lines')} aria-busy={check.facts.browser === undefined}>
      {lines.map((line) => (
        <LineRow key={line.id} line={line} onAct={(id) => void check.act(id)} />
      ))}
      {ids.includes('place') && check.facts.place === undefined && (
        <li class="check-line">
          <b>{t('check.place')}</b>
          <Button kind="plain" icon="pin" onClick={() => void check.act('place')}>
            {t('check.act.look')}
          </Button>
        </li>
      )}
    </ul>
  );
}

/** Tells the server once everything that can be seen was seen, and again after a rehearsal. */
function useTelling({ facts, running }: ReturnType<typeof useCheck>): void {
  const words = facts.browser === undefined || running ? '' : JSON.stringify(summary(facts));
  useEffect(() => {
    if (words !== '') tellServer(facts).catch(() => undefined);
  }, [words]);
}

function Verdict({ facts }: { facts: Facts }) {
  if (facts.browser === undefined) return null;
  const { warn, bad } = summary(facts);
  if (bad.length > 0)
    return (
      <Banner icon="alert" role="status">
        {t('check.verdict.bad', { n: bad.length })}
      </Banner>
    );
  const word = warn.length > 0 ? 'warn' : 'ok';
  return (
    <Banner tone={word === 'ok' ? 'green' : 'plain'} icon={word === 'ok' ? 'check' : 'info'} role="status">
      {t(`check.verdict.${word}`, { n: warn.length })}
    </Banner>
  );
}

const OF_THE_REHEARSAL: readonly LineId[] = ['rehearsal'];
const LOOKED_AT = LINES.filter((id) => !OF_THE_REHEARSAL.includes(id));

function WholePage() {
  const check = useCheck();
  useTelling(check);
  return (
    <Page
      bar={<AppBar title={t('check.title')} back={{ label: t('check.back'), onClick: () => back('#/me') }} />}
    >
      <Verdict facts={check.facts} />
      <LineList ids={[...LOOKED_AT, ...OF_THE_REHEARSAL]} check={check} />
      <Rehearsal check={check} />
      <p class="muted small">{t('check.privacy')}</p>
    </Page>
  );
}

const STEPS: readonly (readonly LineId[])[] = [
  ['browser', 'installed', 'worker', 'persisted'],
  ['space', 'camera', 'place', 'clock'],
  [],
];

function Wizard() {
  const check = useCheck();
  useTelling(check);
  const [at, setAt] = useState(0);
  const last = at === STEPS.length - 1;
  const leave = () => go('#/', { replace: true });
  const foot = (
    <div class="check-foot">
      <Button kind="plain" onClick={leave}>
        {t('check.skip')}
      </Button>
      <Button onClick={() => (last ? leave() : setAt(at + 1))}>
        {t(last ? 'check.enter' : 'check.next')}
      </Button>
    </div>
  );
  const bar = (
    <AppBar title={t('check.firstTitle')} note={t('check.stepOf', { n: at + 1, all: STEPS.length })} />
  );
  return (
    <Page bar={bar} foot={foot}>
      <p>{t(`check.lead.${at}`)}</p>
      {last ? <Rehearsal check={check} /> : <LineList ids={STEPS[at] ?? []} check={check} />}
    </Page>
  );
}

/** `first`: the three steps after the first sign-in. */
export function CheckPage({ first }: { first: boolean }) {
  return first ? <Wizard /> : <WholePage />;
}
