/** A newer checklist came while this draft was open: what would change, a move on a tap, or none. */
import { useMemo, useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { Controller } from './controller';
import type { Step } from './model';
import type { Checklist } from './types';
import { type Kept, type Move, movedForm } from './versions';
import { answerText, stepName } from './words';

interface NewerProps {
  readonly controller: Controller;
  readonly onMoved: () => void;
}

export function NewerChecklist({ controller, onMoved }: NewerProps) {
  const { newer, checklist } = controller.opened;
  const [open, setOpen] = useState(false);
  if (newer === null) return null;
  const versions = { old: checklist.version, new: newer.version };
  const declined = controller.draft.value.declined === newer.version;
  const look = (
    <Button kind="quiet" onClick={() => setOpen(true)}>
      {t('visit.newer.look')}
    </Button>
  );
  return (
    <>
      {declined ? (
        <div class="inline small muted visit-declined">
          <span>{t('visit.newer.stays', versions)}</span>
          {look}
        </div>
      ) : (
        <Banner tone="accent" icon="info" action={look}>
          {t('visit.newer.banner', versions)}
        </Banner>
      )}
      <Differences
        controller={controller}
        newer={newer}
        open={open}
        onClose={() => setOpen(false)}
        onMoved={onMoved}
      />
    </>
  );
}

interface DifferencesProps extends NewerProps {
  readonly newer: Checklist;
  readonly open: boolean;
  readonly onClose: () => void;
}

function Differences({ controller, newer, open, onClose, onMoved }: DifferencesProps) {
  const { household, checklist } = controller.opened;
  const { answers } = controller.draft.value;
  const move = useMemo(() => {
    const { roster, members } = household;
    return open ? movedForm(checklist, newer, answers, { roster, members, today: controller.day }) : null;
  }, [open, answers]);
  const stay = () => {
    controller.decline(newer.version);
    onClose();
  };
  const go = () => {
    onClose();
    controller.adopt(newer.version).then(onMoved, () => undefined);
  };
  const actions = (
    <>
      <Button kind="quiet" block onClick={stay}>
        {t('visit.newer.stay')}
      </Button>
      <Button block onClick={go}>
        {t('visit.newer.go', { new: newer.version })}
      </Button>
    </>
  );
  return (
    <Dialog
      open={open}
      title={t('visit.newer.title', { new: newer.version })}
      onClose={onClose}
      actions={actions}
    >
      {move && <Lists move={move} controller={controller} />}
    </Dialog>
  );
}

function Lists({ move, controller }: { move: Move; controller: Controller }) {
  const { people } = controller.form.value.around;
  const { added, dropped, misfits, reworded, from } = move;
  const name = (step: Step) => stepName(step, people, from);
  const answer = ({ step, answer: value }: Kept) => answerText(step.question, value, people, from);
  const lines = (list: readonly Kept[]) => list.map((one) => [name(one.step), answer(one)] as const);
  const none = added.length + dropped.length + misfits.length + reworded.length === 0;
  return (
    <>
      <p class="muted">{none ? t('visit.newer.nothing') : t('visit.newer.kept')}</p>
      <List title="misfits" lines={lines(misfits)} />
      <List title="added" lines={added.map((step) => [name(step), null] as const)} />
      <List title="dropped" lines={lines(dropped)} />
      <List title="reworded" lines={lines(reworded)} />
    </>
  );
}

type Line = readonly [question: string, answer: string | null];

function List({ title, lines }: { title: string; lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <section class="stack">
      <h3 class="small">{t(`visit.newer.${title}`, { n: lines.length })}</h3>
      <ul class="visit-newer">
        {lines.map(([question, answer]) => (
          <li key={question}>
            {question}
            {answer !== null && <small>{t('visit.newer.answered', { answer })}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
