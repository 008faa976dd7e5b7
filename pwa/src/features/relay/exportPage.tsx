/** Unsent work into a file that a colleague carries: what is in it, how far it is, save it or hand it on. */
import './relay.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { outboxItems } from '../../core/outbox';
import { saveFile, shareable, shareFile } from '../../core/relay/handOver';
import { exportOwn, NoRelayKey, noteHandedOver } from '../../core/relay/here';
import type { Exported, Progress as SoFar } from '../../core/relay/write';
import { texts as zh } from '../../i18n/zh-CN/relay';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Progress } from '../../ui/progress';
import { sizeText } from './words';

registerTexts({ zh, en: () => import('../../i18n/en/relay') });

type State =
  | { at: 'idle' }
  | { at: 'writing'; so: SoFar }
  | { at: 'ready'; made: Exported; handed: boolean }
  | { at: 'failed'; text: string };

function failure(error: unknown): State {
  if (error instanceof DOMException && error.name === 'AbortError') return { at: 'idle' };
  return { at: 'failed', text: t(error instanceof NoRelayKey ? 'relay.noKey' : 'relay.writeFailed') };
}

function useExport(ids: readonly string[] | null) {
  const [state, setState] = useState<State>({ at: 'idle' });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const write = async () => {
    const mine = new AbortController();
    stop.current = mine;
    setState({ at: 'writing', so: { done: 0, all: 1 } });
    try {
      const made = await exportOwn(ids, mine.signal, (so) => setState({ at: 'writing', so }));
      setState(made ? { at: 'ready', made, handed: false } : { at: 'failed', text: t('relay.nothing') });
    } catch (error) {
      setState(failure(error));
    }
  };
  const handed = async (made: Exported) => {
    await noteHandedOver(made.ids);
    setState({ at: 'ready', made, handed: true });
  };
  return { state, write, handed, cancel: () => stop.current?.abort() };
}

function Ready({ made, handed, onHanded }: { made: Exported; handed: boolean; onHanded: () => void }) {
  const file = shareable(made.blob, made.name);
  const save = () => {
    saveFile(made.blob, made.name);
    onHanded();
  };
  const share = async (chosen: File) => {
    if (await shareFile(chosen)) onHanded();
  };
  return (
    <Card title={t('relay.ready')}>
      <div class="stack">
        <p class="num">
          {t('relay.holds', { n: made.ids.length, photos: made.photos, size: sizeText(made.blob.size) })}
        </p>
        <p class="muted small relay-name">{made.name}</p>
        {made.unreadable > 0 && <Banner icon="alert">{t('relay.unreadable', { n: made.unreadable })}</Banner>}
        <div class="relay-acts">
          <Button icon="download" onClick={save}>
            {t('relay.save')}
          </Button>
          {file && (
            <Button kind="quiet" icon="upload" onClick={() => void share(file)}>
              {t('relay.share')}
            </Button>
          )}
        </div>
        {handed && (
          <Banner tone="green" icon="check" role="status">
            {t('relay.handed')}
          </Banner>
        )}
      </div>
    </Card>
  );
}

function Writing({ so, onCancel }: { so: SoFar; onCancel: () => void }) {
  const words = t('relay.writing', { done: so.done, all: so.all });
  return (
    <Card>
      <div class="stack">
        <p class="num" role="status">
          {words}
        </p>
        <Progress value={so.done} max={so.all} label={words} />
        <Button kind="quiet" onClick={onCancel}>
          {t('relay.cancel')}
        </Button>
      </div>
    </Card>
  );
}

/** `op`: that record alone; else all that is unsent. */
export function ExportPage({ op }: { op: string | null }) {
  const { state, write, handed, cancel } = useExport(op === null ? null : [op]);
  const name = outboxItems.value.find((item) => item.opId === op)?.headName;
  const bar = (
    <AppBar
      title={t('relay.exportTitle')}
      subtitle={op === null ? undefined : name}
      back={{ label: t('relay.back'), onClick: () => back('#/outbox') }}
    />
  );
  return (
    <Page bar={bar}>
      <ol class="relay-steps">
        {['one', 'two', 'three'].map((step) => (
          <li key={step}>{t(`relay.how.${step}`)}</li>
        ))}
      </ol>
      <p class="muted small">{t('relay.sealed')}</p>
      {state.at === 'failed' && (
        <Banner icon="alert" role="alert">
          {state.text}
        </Banner>
      )}
      {(state.at === 'idle' || state.at === 'failed') && (
        <Button icon="lock" onClick={() => void write()}>
          {t('relay.write')}
        </Button>
      )}
      {state.at === 'writing' && <Writing so={state.so} onCancel={cancel} />}
      {state.at === 'ready' && (
        <Ready made={state.made} handed={state.handed} onHanded={() => void handed(state.made)} />
      )}
    </Page>
  );
}
