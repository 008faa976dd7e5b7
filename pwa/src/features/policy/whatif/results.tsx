/** What a trial comes to: now and then, and who crosses; every number opens its households. */
import { useEffect, useState } from 'preact/hooks';
import type { Direction, HouseholdsOf, Shift, Simulation, Total } from '../../../core/api/policyTypes';
import { now } from '../../../core/clock';
import { hasText, pick, t } from '../../../core/i18n';
import { errorHelp, riskWord, severityShort } from '../../../record';
import { Banner } from '../../../ui/banner';
import { Button } from '../../../ui/button';
import { LightShape } from '../../../ui/light';
import { Skeleton } from '../../../ui/progress';
import { Segments } from '../../../ui/segments';
import { count, signed } from '../values';
import { cancelWork, simulation } from './store';

export type OpenList = (list: HouseholdsOf, title: string) => void;

/** "立案动态：…" the word of a proposed kind; none is a word too. */
export function kindWord(kind: string | null): string {
  if (kind === null) return t('policy.kind.none');
  return hasText(`policy.kind.${kind}`) ? t(`policy.kind.${kind}`) : kind;
}

const SLOW_MS = 1_000;

/** Says that something is being worked out once it takes long, with a way to stop it. */
export function Working({ households }: { households: number | null }) {
  const since = simulation.value.since;
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    setSeconds(0);
    if (since === null) return undefined;
    const timer = setInterval(() => setSeconds(Math.floor((now() - since) / 1000)), SLOW_MS);
    return () => clearInterval(timer);
  }, [since]);
  if (since === null || seconds < 1) return null;
  return (
    <Banner
      role="status"
      action={
        <Button kind="plain" onClick={cancelWork}>
          {t('policy.cancel')}
        </Button>
      }
    >
      {households === null
        ? t('policy.whatif.working', { s: seconds })
        : t('policy.whatif.workingOn', { n: count(households), s: seconds })}
    </Banner>
  );
}

interface CrossProps {
  households: number;
  persons: number;
  direction: 'entering' | 'leaving';
  /** What the number is of, for those who hear it. */
  of: string;
  list: Omit<HouseholdsOf, 'direction'>;
  onOpen: OpenList;
}

function Cross({ households, persons, direction, of, list, onOpen }: CrossProps) {
  if (households === 0) return <span class="muted num wi-zero">0</span>;
  const word = t(`policy.whatif.${direction}`);
  return (
    <button
      type="button"
      class="wi-open num"
      onClick={() => onOpen({ ...list, direction }, `${of} · ${word}`)}
    >
      <b aria-hidden="true">{count(households)}</b>
      <small aria-hidden="true">{t('policy.persons', { n: count(persons) })}</small>
      <span class="visually-hidden">
        {t('policy.whatif.openNumber', { of, word, n: households, persons })}
      </span>
    </button>
  );
}

function Held({
  value,
  direction,
  of,
  list,
  onOpen,
}: {
  value: number;
  direction: Extract<Direction, 'now' | 'then'>;
  of: string;
  list: Omit<HouseholdsOf, 'direction'>;
  onOpen: OpenList;
}) {
  if (value === 0) return <span class="muted num">0</span>;
  const word = t(`policy.whatif.${direction}`);
  return (
    <button
      type="button"
      class="wi-held num"
      onClick={() => onOpen({ ...list, direction }, `${of} · ${word}`)}
    >
      <span aria-hidden="true">{count(value)}</span>
      <span class="visually-hidden">{t('policy.whatif.openHeld', { of, word, n: value })}</span>
    </button>
  );
}

interface ShiftRow extends Shift {
  id: string;
  label: string;
  code?: string | undefined;
  severity?: 'red' | 'yellow' | 'attention' | undefined;
  list: Omit<HouseholdsOf, 'direction'>;
}

function Row({ row, onOpen }: { row: ShiftRow; onOpen: OpenList }) {
  const held = { of: row.label, list: row.list, onOpen };
  return (
    <li class="wi-row">
      <span class="wi-name">
        {row.severity && <LightShape severity={row.severity} />}
        <span>
          {row.label}
          {row.code && <small class="pol-code">{row.code}</small>}
        </span>
      </span>
      <span class="wi-change num">
        <Held {...held} value={row.now} direction="now" />
        <span aria-hidden="true">→</span>
        <Held {...held} value={row.then} direction="then" />
        <b class={row.then === row.now ? 'muted' : ''}>{signed(row.then - row.now)}</b>
      </span>
      <span class="wi-cell">
        <i>{t('policy.whatif.entering')}</i>
        <Cross {...held} direction="entering" households={row.entering} persons={row.persons_entering} />
      </span>
      <span class="wi-cell">
        <i>{t('policy.whatif.leaving')}</i>
        <Cross {...held} direction="leaving" households={row.leaving} persons={row.persons_leaving} />
      </span>
    </li>
  );
}

const moves = (row: Shift): number => row.entering + row.leaving;

function Rows({ rows, title, onOpen }: { rows: readonly ShiftRow[]; title: string; onOpen: OpenList }) {
  const moving = rows.filter((row) => moves(row) > 0).sort((a, b) => moves(b) - moves(a));
  const still = rows.filter((row) => moves(row) === 0 && row.now > 0).sort((a, b) => b.now - a.now);
  return (
    <>
      {moving.length === 0 && <p class="muted wi-nothing">{t('policy.whatif.noMoves')}</p>}
      {moving.length > 0 && (
        <>
          <div class="wi-row wi-heads" aria-hidden="true">
            <span>{title}</span>
            <span>{t('policy.whatif.nowThen')}</span>
            <span>{t('policy.whatif.entering')}</span>
            <span>{t('policy.whatif.leaving')}</span>
          </div>
          <ul class="wi-rows" aria-label={title}>
            {moving.map((row) => (
              <Row key={row.id} row={row} onOpen={onOpen} />
            ))}
          </ul>
        </>
      )}
      {still.length > 0 && (
        <details class="wi-still">
          <summary>{t('policy.whatif.still', { n: still.length })}</summary>
          <ul class="wi-rows">
            {still.map((row) => (
              <Row key={row.id} row={row} onOpen={onOpen} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const VIEWS = ['rules', 'kinds', 'townships', 'causes'] as const;
type View = (typeof VIEWS)[number];

/** The rows of a view. */
export function rowsOf(data: Simulation, view: View): ShiftRow[] {
  if (view === 'rules')
    return data.rules.map((row) => ({
      ...row,
      id: row.rule,
      label: pick(row.label),
      code: row.rule,
      list: { rule: row.rule },
    }));
  if (view === 'kinds')
    return data.kinds.map((row) => ({
      ...row,
      id: row.kind,
      label: kindWord(row.kind),
      list: { kind: row.kind },
    }));
  if (view === 'townships')
    return data.townships.map((row) => ({
      ...row,
      id: row.code,
      label: row.name,
      list: { township: row.code },
    }));
  return data.causes.map((row) => ({
    ...row,
    id: row.risk,
    label: riskWord(row.risk),
    list: { risk: row.risk },
  }));
}

const LIT = ['red', 'yellow', 'attention'] as const;

function Lights({ before, after }: { before: Total; after: Total }) {
  return (
    <ul class="wi-lights">
      {LIT.map((severity) => (
        <li key={severity} class={`light-${severity}`}>
          <LightShape severity={severity} />
          {severityShort(severity)}
          <span class="num">
            {count(before[severity])} → {count(after[severity])}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Headline({ data, onOpen }: { data: Simulation; onOpen: OpenList }) {
  const of = t('policy.whatif.flagged');
  const held = { of, list: {}, onOpen };
  const difference = data.then.flagged - data.now.flagged;
  return (
    <section class="card wi-headline" aria-label={t('policy.whatif.result')}>
      <div class="wi-big">
        <p class="muted small">{of}</p>
        <p class="wi-fromTo num">
          <Held {...held} value={data.now.flagged} direction="now" />
          <span aria-hidden="true">→</span>
          <b>
            <Held {...held} value={data.then.flagged} direction="then" />
          </b>
          <small>{t('policy.households', { n: signed(difference) })}</small>
        </p>
        <p class="muted small num">
          {t('policy.whatif.persons', {
            now: count(data.now.persons),
            later: count(data.then.persons),
            all: count(data.households),
            people: count(data.persons),
          })}
        </p>
      </div>
      <div class="wi-crosses">
        <p>
          <i>{t('policy.whatif.enteringAll')}</i>
          <Cross {...held} direction="entering" households={data.entering} persons={data.persons_entering} />
        </p>
        <p>
          <i>{t('policy.whatif.leavingAll')}</i>
          <Cross {...held} direction="leaving" households={data.leaving} persons={data.persons_leaving} />
        </p>
      </div>
      <Lights before={data.now} after={data.then} />
    </section>
  );
}

function Missing({ data }: { data: Simulation }) {
  if (data.without_facts === 0 && data.unreadable === 0) return null;
  return (
    <p class="muted small">
      {data.without_facts > 0 && t('policy.whatif.withoutFacts', { n: count(data.without_facts) })}
      {data.unreadable > 0 && ` ${t('policy.whatif.unreadable', { n: count(data.unreadable) })}`}
    </p>
  );
}

function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <Banner
      icon="alert"
      role="alert"
      action={
        <Button kind="plain" onClick={onRetry}>
          {t('policy.retry')}
        </Button>
      }
    >
      {t('policy.whatif.failed', { error: errorHelp(simulation.value.error) })}
    </Banner>
  );
}

export function Results({ onOpen, onRetry }: { onOpen: OpenList; onRetry: () => void }) {
  const [view, setView] = useState<View>('rules');
  const { data, since, error } = simulation.value;
  return (
    <div class="wi-results" aria-busy={since !== null ? 'true' : undefined} aria-live="off">
      <Working households={data?.households ?? null} />
      {error !== null && <Failed onRetry={onRetry} />}
      {data === null && since !== null && <Skeleton label={t('policy.whatif.loading')} lines={5} />}
      {data === null && since === null && error === null && (
        <Button kind="quiet" icon="refresh" onClick={onRetry}>
          {t('policy.whatif.again')}
        </Button>
      )}
      {data && (
        <div class={since !== null || error !== null ? 'stack wi-stale' : 'stack'}>
          <Headline data={data} onOpen={onOpen} />
          <section class="card stack">
            <Segments
              label={t('policy.whatif.by')}
              items={VIEWS.map((id) => ({ id, label: t(`policy.whatif.by.${id}`) }))}
              value={view}
              onChange={(id) => setView(id as View)}
              controls="wi-view"
            />
            <div id="wi-view" role="tabpanel" aria-label={t(`policy.whatif.by.${view}`)}>
              <Rows rows={rowsOf(data, view)} title={t(`policy.whatif.by.${view}`)} onOpen={onOpen} />
            </div>
          </section>
          <Missing data={data} />
        </div>
      )}
    </div>
  );
}
