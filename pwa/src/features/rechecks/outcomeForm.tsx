/** The outcome as it is written: the visit at home, what was found about each light, the cause and the opinion. */
import { useEffect, useRef } from 'preact/hooks';
import type { Cause, Found, RecheckDetail } from '../../core/api/deskTypes';
import type { StandingLight } from '../../core/api/types';
import { today } from '../../core/clock';
import { severityWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { user } from '../../core/session';
import { riskWord } from '../../record';
import { ChoiceOne } from '../../ui/choice';
import { Field } from '../../ui/field';
import { Light } from '../../ui/light';
import { draftOf, write } from './concluding';
import { BY_MAX, causesFor, FOUND, type Gap, NOTE_MAX, OPINION_MAX, type Words } from './form';

interface PartProps {
  detail: RecheckDetail;
  words: Words;
  /** What is missing, once the officer wanted to send; empty before. */
  gaps: readonly Gap[];
  disabled: boolean;
}

const wrong = (gaps: readonly Gap[], ...names: Gap[]): string | undefined => {
  const gap = names.find((name) => gaps.includes(name));
  return gap && t(`rechecks.gap.${gap}`);
};

function Home({ detail, words, gaps, disabled }: PartProps) {
  const set = (change: Partial<Words>) => write(detail.visit_id, change);
  return (
    <div data-gap="home">
      <ChoiceOne
        legend={t('rechecks.home')}
        columns={2}
        disabled={disabled}
        error={wrong(gaps, 'home')}
        value={words.home}
        options={(['yes', 'no'] as const).map((id) => ({ id, label: t(`rechecks.home.${id}`) }))}
        onChange={(id) => set({ home: id === 'yes' ? 'yes' : 'no' })}
      />
    </div>
  );
}

/** One tap for those who go there most: this officer, today. */
function Went({ detail, words, gaps, disabled }: PartProps) {
  const set = (change: Partial<Words>) => write(detail.visit_id, change);
  const me = user.value?.display_name ?? '';
  const add = () => set({ homeBy: [words.homeBy.trim(), me].filter(Boolean).join('、').slice(0, BY_MAX) });
  return (
    <div class="rck-went">
      <div data-gap="homeOn">
        <Field
          type="date"
          label={t('rechecks.homeOn')}
          max={today()}
          required
          disabled={disabled}
          error={wrong(gaps, 'homeOn', 'homeFuture')}
          value={words.homeOn}
          onInput={(homeOn) => set({ homeOn })}
        />
        <button type="button" class="chip" disabled={disabled} onClick={() => set({ homeOn: today() })}>
          {t('rechecks.today')}
        </button>
      </div>
      <div data-gap="homeBy">
        <Field
          label={t('rechecks.homeBy')}
          required
          maxLength={BY_MAX}
          disabled={disabled}
          error={wrong(gaps, 'homeBy')}
          value={words.homeBy}
          onInput={(homeBy) => set({ homeBy })}
        />
        {!words.homeBy.includes(me) && (
          <button type="button" class="chip" disabled={disabled} onClick={add}>
            {t('rechecks.addMe', { name: me })}
          </button>
        )}
      </div>
    </div>
  );
}

function OneLight({ light, ...part }: PartProps & { light: StandingLight }) {
  const { detail, words, gaps, disabled } = part;
  const { rule } = light;
  const found = words.found[rule] ?? null;
  const missing = gaps.includes('found') && found === null;
  return (
    <li class="rck-light" data-gap={found === null ? 'found' : undefined}>
      <p class="rck-light-head">
        <Light compact severity={light.severity} word={severityWord(light.severity)} />
        <b>{pick(light.label)}</b>
      </p>
      <ChoiceOne
        legend={t('rechecks.foundOf', { light: pick(light.label) })}
        hideLegend
        columns={3}
        disabled={disabled}
        error={missing ? t('rechecks.gap.found') : undefined}
        value={found}
        options={FOUND.map((id) => ({ id, label: t(`rechecks.found.${id}`) }))}
        onChange={(id) => write(detail.visit_id, { found: { ...words.found, [rule]: id as Found } })}
      />
      {found !== null && (
        <Field
          label={t('rechecks.noteOf')}
          maxLength={NOTE_MAX}
          disabled={disabled}
          value={words.notes[rule] ?? ''}
          onInput={(note) => write(detail.visit_id, { notes: { ...words.notes, [rule]: note } })}
        />
      )}
    </li>
  );
}

function Findings(part: PartProps) {
  if (part.detail.lights.length === 0) return <p class="muted">{t('rechecks.nothingLit')}</p>;
  return (
    <fieldset class="rck-group">
      <legend>{t('rechecks.findings')}</legend>
      <ul class="rck-lights">
        {part.detail.lights.map((light) => (
          <OneLight key={light.rule} light={light} {...part} />
        ))}
      </ul>
    </fieldset>
  );
}

function CauseChoice({ detail, words, gaps, disabled }: PartProps) {
  return (
    <div data-gap="cause">
      <ChoiceOne
        legend={t('rechecks.cause')}
        hint={t('rechecks.causeHint')}
        columns={2}
        disabled={disabled}
        error={wrong(gaps, 'cause')}
        value={words.cause}
        options={causesFor(detail.lights).map((id) => ({ id, label: riskWord(id) }))}
        onChange={(id) => write(detail.visit_id, { cause: id as Cause })}
      />
    </div>
  );
}

/** What opinions are usually about; one tap writes it. */
const PHRASES = [1, 2, 3, 4] as const;

function Opinion({ detail, words, gaps, disabled }: PartProps) {
  const say = (opinion: string) => write(detail.visit_id, { opinion: opinion.slice(0, OPINION_MAX) });
  const before = words.opinion.trim();
  return (
    <div data-gap="opinion">
      <Field
        label={t('rechecks.opinion')}
        multiline
        required
        maxLength={OPINION_MAX}
        disabled={disabled}
        error={wrong(gaps, 'opinion')}
        value={words.opinion}
        onInput={say}
      />
      <fieldset class="rck-phrases" aria-label={t('rechecks.phrases')}>
        {PHRASES.map((n) => {
          const phrase = t(`rechecks.phrase.${n}`);
          return (
            <button
              key={n}
              type="button"
              class="chip"
              disabled={disabled}
              onClick={() => say(before ? `${before}${phrase}` : phrase)}
            >
              {phrase}
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}

interface FormProps {
  detail: RecheckDetail;
  gaps: readonly Gap[];
  /** Counts tries to send: each brings the first gap in sight. */
  tries: number;
}

export function OutcomeForm({ detail, gaps, tries }: FormProps) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try looks for the first gap again
  useEffect(() => {
    const name = gaps[0] === 'homeFuture' ? 'homeOn' : gaps[0];
    const part = name && box.current?.querySelector(`[data-gap="${name}"]`);
    part?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [tries]);
  const { words, phase } = draftOf(detail.visit_id);
  const part = { detail, words, gaps, disabled: phase === 'sending' || phase === 'unanswered' };
  return (
    <div class="rck-form" ref={box}>
      <Home {...part} />
      {words.home === 'yes' && <Went {...part} />}
      {words.home === 'yes' && <Findings {...part} />}
      <CauseChoice {...part} />
      <Opinion {...part} />
      <p class="muted small">{t('rechecks.autosaved')}</p>
    </div>
  );
}
