/** The county's decision on a case: which one, and the opinion with it; or in words why it cannot be taken here. */
import type { Ref } from 'preact';
import type { CaseDetail } from '../../core/api/deskTypes';
import { codeText, errorText } from '../../core/api/problem';
import { hasText, t } from '../../core/i18n';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { ChoiceOne } from '../../ui/choice';
import { Field } from '../../ui/field';
import type { Deciding } from './deciding';
import { CHOICES, OPINION_MAX } from './model';

const PHRASES = 3;

function Phrases({ deciding }: { deciding: Deciding }) {
  const { choice, opinion, write } = deciding;
  if (choice === null) return null;
  const add = (text: string) =>
    write({ opinion: opinion.trim() === '' ? text : `${opinion.trim()} ${text}` });
  return (
    <fieldset class="desk-phrases" aria-label={t('desk.phrases')}>
      {Array.from({ length: PHRASES }, (_, n) => t(`desk.phrase.${choice}.${n + 1}`)).map((text) => (
        <button key={text} type="button" class="chip" onClick={() => add(text)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}

/** Why the caller may not decide, in words. */
function Obstacle({ one }: { one: CaseDetail }) {
  const { obstacle, state } = one;
  if (obstacle === null) return null;
  const words = obstacle === 'not_handed_up' && hasText(`desk.is.${state}`) ? `desk.is.${state}` : null;
  return (
    <Banner icon="info" role="status">
      {words
        ? t(words)
        : hasText(`desk.obstacle.${obstacle}`)
          ? t(`desk.obstacle.${obstacle}`)
          : codeText(obstacle)}
    </Banner>
  );
}

export interface DecidePanelProps {
  one: CaseDetail;
  deciding: Deciding;
  box?: Ref<HTMLDivElement>;
}

/** Ctrl and Enter send it from the text, too. */
export function DecidePanel({ one, deciding, box = null }: DecidePanelProps) {
  const { choice, opinion, missing, busy, error, write, send } = deciding;
  if (one.obstacle !== null) return <Obstacle one={one} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the text field inside, caught where it sends from
    <div
      class="desk-decide"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
      }}
    >
      <ChoiceOne
        legend={t('desk.decision')}
        error={missing === 'choice' ? t('desk.choiceMissing') : undefined}
        options={CHOICES.map((id) => ({ id, label: t(`desk.choice.${id}`) }))}
        value={choice}
        onChange={(id) => write({ choice: CHOICES.find((known) => known === id) ?? null })}
      />
      <Field
        label={t(choice === 'back' ? 'desk.questions' : 'desk.opinion')}
        hint={t('desk.opinionHint')}
        error={missing === 'opinion' ? t('desk.opinionMissing') : undefined}
        value={opinion}
        multiline
        maxLength={OPINION_MAX}
        onInput={(text) => write({ opinion: text })}
      />
      <Phrases deciding={deciding} />
      {error !== null && (
        <Banner icon="alert" role="alert">
          {errorText(error)} {t('desk.keptHere')}
        </Banner>
      )}
      <Button block busy={busy} onClick={send}>
        {choice === null ? t('desk.decide') : t(`desk.send.${choice}`)}
      </Button>
    </div>
  );
}
