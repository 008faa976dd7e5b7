/** Before saving: what is wrong, what was not asked, photos, place. One look, then one button. */
import { useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import type { Controller } from './controller';
import type { Gps } from './gps';
import { LargeChanges, leftToExplain } from './largeChanges';
import { CONSENT } from './model';
import { Place } from './place';
import { PracticeBand } from './practiceBand';
import { issueText, stepName } from './words';

export interface ReviewProps {
  readonly controller: Controller;
  readonly gps: Gps;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onJump: (key: string) => void;
}

export function ReviewSheet({ controller, gps, open, onClose, onJump }: ReviewProps) {
  const [sure, setSure] = useState(false);
  const [failed, setFailed] = useState(false);
  const judging = controller.judging.value;
  const wrong = controller.issues.value.length > 0;
  const missing = controller.open.value.length > 0;
  const unsaid = leftToExplain(controller).length;
  const save = () => {
    setFailed(false);
    controller.save().catch(() => setFailed(true));
  };
  const still = stillToDo({ wrong, unsaid, missing: missing && !sure }, controller);
  const actions = (
    <>
      {still && <p class="visit-still small muted">{still}</p>}
      <Button kind="quiet" block onClick={onClose}>
        {t('visit.check.back')}
      </Button>
      <Button block busy={controller.phase.value.kind === 'saving'} disabled={still !== null} onClick={save}>
        {t('visit.save')}
      </Button>
    </>
  );
  return (
    <Dialog open={open} title={t('visit.check.title')} onClose={onClose} actions={actions}>
      {controller.opened.practice && <PracticeBand />}
      {judging && <judging.Findings controller={controller} onJump={onJump} />}
      <Findings controller={controller} onJump={onJump} />
      <LargeChanges controller={controller} />
      <p class="inline small muted">
        <Icon name="camera" size={18} />
        {t('visit.check.photos', { n: controller.photos.value.length })}
      </p>
      <Place controller={controller} gps={gps} />
      {missing && !wrong && (
        <label class="choice-card">
          <input type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
          <span class="choice-mark" aria-hidden="true" />
          <span class="choice-text">
            {t('visit.check.sure')}
            <small>{t('visit.check.sureNote')}</small>
          </span>
        </label>
      )}
      <div aria-live="assertive">
        {failed && (
          <Banner tone="red" icon="alert">
            {t('visit.check.failed')}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}

/** Why saving is not possible yet, in one line beside the button: what is to be done may be out of sight. */
function stillToDo(
  { wrong, unsaid, missing }: { wrong: boolean; unsaid: number; missing: boolean },
  controller: Controller,
): string | null {
  if (wrong) return t('visit.check.stillWrong', { n: controller.issues.value.length });
  if (unsaid > 0) return t('visit.check.stillUnsaid', { n: unsaid });
  return missing ? t('visit.check.stillMissing', { n: controller.open.value.length }) : null;
}

/** What has to be corrected, what was not asked, or that all is answered. */
function Findings({ controller, onJump }: Pick<ReviewProps, 'controller' | 'onJump'>) {
  const issues = controller.issues.value;
  const listed = controller.judging.value?.asked.value;
  const missing = controller.open.value.filter((step) => !listed?.has(step.key));
  if (issues.length + controller.open.value.length === 0) {
    const refused = controller.form.value.answers[CONSENT] === 'no';
    const { total } = controller.progress.value;
    return (
      <Banner icon="check">
        {refused ? t('visit.check.noConsent') : t('visit.check.complete', { n: total })}
      </Banner>
    );
  }
  return (
    <>
      {issues.length > 0 && (
        <Block title={t('visit.check.wrong', { n: issues.length })}>
          {issues.map((issue, at) => (
            <Line
              key={`${issue.key}-${at}`}
              controller={controller}
              target={issue.key}
              note={issueText(issue)}
              onJump={onJump}
            />
          ))}
        </Block>
      )}
      {missing.length > 0 && (
        <Block title={t('visit.check.missing', { n: missing.length })}>
          {missing.map((step) => (
            <Line key={step.key} controller={controller} target={step.key} onJump={onJump} />
          ))}
        </Block>
      )}
    </>
  );
}

function Block({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <section class="stack">
      <h3 class="small">{title}</h3>
      <ul class="visit-check">{children}</ul>
    </section>
  );
}

interface LineProps {
  readonly controller: Controller;
  readonly target: string;
  readonly note?: string;
  readonly onJump: (key: string) => void;
}

function Line({ controller, target, note, onJump }: LineProps) {
  const step = controller.form.value.steps.find((s) => s.key === target);
  return (
    <li>
      <button type="button" class="visit-fold" onClick={() => onJump(target)}>
        <span>
          {step ? stepName(step, controller.form.value.around.people, controller.opened.checklist) : target}
          {note && <small class="field-error">{note}</small>}
        </span>
        <Icon name="next" size={20} />
      </button>
    </li>
  );
}
