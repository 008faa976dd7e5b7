/** A file was brought: a colleague's work is carried to the server, or answers to the own work are taken in. */
import './relay.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { showInstant } from '../../core/format';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import type { CarryState } from '../../core/relay/carry';
import {
  isAnswers,
  isWork,
  NoRelayFile,
  openFile,
  type RelayFile,
  type WorkHeader,
} from '../../core/relay/format';
import { saveFile, shareable, shareFile } from '../../core/relay/handOver';
import { answersHere, carriedSoFar, carryHere, NoRelayKey, takeHere } from '../../core/relay/here';
import { type Fates, NotOurs } from '../../core/relay/returned';
import { texts as zh } from '../../i18n/zh-CN/relay';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Progress } from '../../ui/progress';
import { carryNotes, fateLines, sizeText, stopText } from './words';

registerTexts({ zh, en: () => import('../../i18n/en/relay') });

type Found =
  | { kind: 'work'; file: RelayFile<WorkHeader>; before: number }
  | { kind: 'answers'; fates: Fates }
  | { kind: 'no'; text: string };

function noText(error: unknown): string {
  if (error instanceof NoRelayFile) return t(`relay.no.${error.code}`);
  if (error instanceof NotOurs) return t('relay.no.notOurs');
  return t(error instanceof NoRelayKey ? 'relay.noKey' : 'relay.no.failed');
}

/** What a chosen file is; answers are taken in at once. */
async function look(blob: Blob): Promise<Found> {
  try {
    const file = await openFile(blob);
    if (isAnswers(file)) return { kind: 'answers', fates: await takeHere(file) };
    if (!isWork(file)) throw new NoRelayFile('relay_unreadable');
    return { kind: 'work', file, before: await carriedSoFar(file) };
  } catch (error) {
    return { kind: 'no', text: noText(error) };
  }
}

function Answers({ file }: { file: RelayFile<WorkHeader> }) {
  const [made, setMade] = useState<{ blob: Blob; name: string } | null>(null);
  useEffect(() => {
    answersHere(file).then(setMade, () => setMade(null));
  }, [file]);
  if (!made) return null;
  const share = shareable(made.blob, made.name);
  return (
    <div class="stack">
      <p>{t('relay.bringBack')}</p>
      <div class="relay-acts">
        <Button icon="download" onClick={() => saveFile(made.blob, made.name)}>
          {t('relay.saveAnswers')}
        </Button>
        {share && (
          <Button kind="quiet" icon="upload" onClick={() => void shareFile(share)}>
            {t('relay.share')}
          </Button>
        )}
      </div>
    </div>
  );
}

function useCarry(file: RelayFile<WorkHeader>, before: number) {
  const idle = { all: file.header.count, done: before, later: 0, damaged: 0, missing: 0, stopped: null };
  const [state, setState] = useState<CarryState>(idle);
  const [busy, setBusy] = useState(false);
  const [ended, setEnded] = useState(before > 0);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async () => {
    const mine = new AbortController();
    stop.current = mine;
    setBusy(true);
    setEnded(false);
    setState(await carryHere(file, mine.signal, setState).catch(() => ({ ...state, stopped: 'storage' })));
    setBusy(false);
    setEnded(true);
  };
  return { state, busy, ended, start, cancel: () => stop.current?.abort() };
}

function Work({ file, before }: { file: RelayFile<WorkHeader>; before: number }) {
  const { state, busy, ended, start, cancel } = useCarry(file, before);
  const words = t('relay.carried', { done: state.done, all: state.all });
  const whole = state.done === state.all;
  return (
    <Card title={t('relay.workTitle')}>
      <div class="stack">
        <p class="muted small num">
          {t('relay.made', { when: showInstant(file.header.made_at), size: sizeText(file.blob.size) })}
        </p>
        <p class="num" role="status">
          {words}
        </p>
        <Progress value={state.done} max={state.all} label={words} />
        {!busy && state.stopped !== null && (
          <Banner icon="alert" role="alert">
            {stopText(state.stopped)}
          </Banner>
        )}
        {ended && carryNotes(state).map((note) => <p key={note}>{note}</p>)}
        {busy && (
          <Button kind="quiet" onClick={cancel}>
            {t('relay.cancel')}
          </Button>
        )}
        {!busy && !whole && (
          <Button icon="upload" onClick={() => void start()}>
            {t(state.done > 0 ? 'relay.goOn' : 'relay.carry')}
          </Button>
        )}
        {ended && state.done > 0 && <Answers key={state.done} file={file} />}
      </div>
    </Card>
  );
}

function Taken({ fates }: { fates: Fates }) {
  const lines = fateLines(fates);
  const good = fates.taken > 0 && lines.length === 1;
  return (
    <Banner tone={good ? 'green' : 'plain'} icon={good ? 'check' : 'info'} role="status">
      {lines.map((line) => (
        <span key={line} class="relay-line">
          {line}
        </span>
      ))}
    </Banner>
  );
}

export function RelayPage() {
  const [found, setFound] = useState<Found | null>(null);
  const [turn, setTurn] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setFound(await look(file));
    setTurn((before) => before + 1);
  };
  return (
    <Page
      bar={<AppBar title={t('relay.title')} back={{ label: t('relay.back'), onClick: () => back('#/me') }} />}
    >
      <p>{t('relay.lead')}</p>
      <p class="muted small">{t('relay.sealed')}</p>
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        aria-label={t('relay.choose')}
        tabIndex={-1}
        onChange={(event) => {
          void choose(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <Button kind="quiet" icon="plus" onClick={() => input.current?.click()}>
        {t('relay.choose')}
      </Button>
      {found?.kind === 'no' && (
        <Banner icon="alert" role="alert">
          {found.text}
        </Banner>
      )}
      {found?.kind === 'work' && <Work key={turn} file={found.file} before={found.before} />}
      {found?.kind === 'answers' && <Taken fates={found.fates} />}
    </Page>
  );
}
