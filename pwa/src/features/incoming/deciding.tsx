/** The question before a decision: what happens, the words for the author, and what went wrong. */
import { useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { errorHelp } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { mayDecide } from './model';
import { decide } from './store';

export interface Asked {
  kind: 'proposals' | 'held';
  id: string;
  yes: boolean;
  name: string;
}

interface Props {
  asked: Asked | null;
  onClose: () => void;
  onDone: (asked: Asked) => void;
}

function Question({ asked, onClose, onDone }: Props & { asked: Asked }) {
  const [comment, setComment] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const word = `incoming.${asked.kind}.${asked.yes ? 'yes' : 'no'}`;
  const send = async () => {
    setTried(true);
    if (!mayDecide(asked.yes, comment)) return;
    setBusy(true);
    setError(null);
    try {
      await decide(asked.kind, asked.id, asked.yes, comment);
      onDone(asked);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t(`${word}.title`, { name: asked.name })}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('incoming.cancel')}
          </Button>
          <Button busy={busy} onClick={() => void send()}>
            {t(word)}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p>{t(`${word}.text`)}</p>
        <Field
          label={t(asked.yes ? 'incoming.comment' : 'incoming.why')}
          value={comment}
          multiline
          maxLength={500}
          error={tried && !mayDecide(asked.yes, comment) ? t('incoming.whyMissing') : undefined}
          onInput={setComment}
        />
        {error !== null && (
          <Banner icon="alert" role="alert">
            {errorHelp(error)}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}

export function Deciding(props: Props) {
  return props.asked ? <Question key={props.asked.id} {...props} asked={props.asked} /> : null;
}
