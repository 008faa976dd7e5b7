/** How each rule does in the county: how often it is met or left open, and where phone and server disagree. */
import { useState } from 'preact/hooks';
import { api, call } from '../../../core/api/client';
import type { DifferingPage, DifferingVisit, Health, RuleHealth } from '../../../core/api/policyTypes';
import { severityWord, showInstant } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import { joined, useReading } from '../../../core/reading';
import { errorHelp } from '../../../record';
import { Button } from '../../../ui/button';
import { LightShape } from '../../../ui/light';
import { LoadMore } from '../../../ui/loadMore';
import { Select } from '../../../ui/select';
import { EmptyState } from '../../../ui/states';
import { Frame, Read } from '../frame';
import { count } from '../values';
import { differing, ORDERS, type Order, percent, sorted } from './model';

function Previews({ health }: { health: Health }) {
  const { compared, agreed, differing: other } = health.previews;
  return (
    <section class="card pol-figures" aria-label={t('policy.health.previews')}>
      <p>
        <span class="muted small">{t('policy.health.judged')}</span>
        <b class="num">{count(health.households)}</b>
        <small>{t('policy.health.ofHouseholds')}</small>
      </p>
      <p>
        <span class="muted small">{t('policy.health.agree')}</span>
        <b class="num">{count(agreed)}</b>
        <small class="num">
          {compared === 0
            ? t('policy.health.noPreviews')
            : t('policy.health.ofVisits', { n: count(compared), share: percent(agreed / compared) })}
        </small>
      </p>
      <p>
        <span class="muted small">{t('policy.health.differ')}</span>
        <b class="num">{count(other)}</b>
        <small>{t(other > 0 ? 'policy.health.differText' : 'policy.health.noneDiffer')}</small>
      </p>
    </section>
  );
}

function Share({ value, name }: { value: number | null; name: 'met' | 'open' }) {
  return (
    <span class="hl-bar" aria-hidden="true">
      <i class={`hl-${name}`} style={{ width: `${Math.min(1, value ?? 0) * 100}%` }} />
    </span>
  );
}

function Row({ row, onVisits }: { row: RuleHealth; onVisits: (rule: string) => void }) {
  const other = differing(row);
  return (
    <li class="hl-row">
      <span class="wi-name">
        <LightShape severity={row.severity} />
        <span>
          <span class="visually-hidden">{severityWord(row.severity)} </span>
          {pick(row.label)}
          <small class="pol-code">{row.rule}</small>
        </span>
      </span>
      <span class="hl-cell num">
        <i>{t('policy.health.met')}</i>
        <span>
          <b>{count(row.met)}</b> <small>{percent(row.met_share)}</small>
        </span>
        <Share value={row.met_share} name="met" />
      </span>
      <span class="hl-cell num">
        <i>{t('policy.health.open')}</i>
        <span>
          <b>{count(row.unknown)}</b> <small>{percent(row.unknown_share)}</small>
        </span>
        <Share value={row.unknown_share} name="open" />
      </span>
      <span class="hl-cell num">
        <i>{t('policy.health.last')}</i>
        <span>{row.last_met_at === null ? t('policy.health.never') : showInstant(row.last_met_at)}</span>
      </span>
      <span class="hl-cell num">
        <i>{t('policy.health.differences')}</i>
        {other === 0 ? (
          <span class="muted">0</span>
        ) : (
          <button type="button" class="wi-open" onClick={() => onVisits(row.rule)}>
            <b aria-hidden="true">{count(other)}</b>
            <span class="visually-hidden">
              {t('policy.health.openDifferences', { rule: pick(row.label), n: other })}
            </span>
          </button>
        )}
      </span>
    </li>
  );
}

function Rules({ health, onVisits }: { health: Health; onVisits: (rule: string) => void }) {
  const [order, setOrder] = useState<Order>('differences');
  return (
    <section class="card stack">
      <div class="hl-order">
        <Select
          label={t('policy.health.order')}
          anyWord={t('policy.health.order.differences')}
          value={order === 'differences' ? '' : order}
          options={ORDERS.filter((id) => id !== 'differences').map((id) => ({
            id,
            label: t(`policy.health.order.${id}`),
          }))}
          onChange={(id) => setOrder((id || 'differences') as Order)}
        />
      </div>
      <div class="hl-row wi-heads" aria-hidden="true">
        <span>{t('policy.health.rule')}</span>
        <span>{t('policy.health.met')}</span>
        <span>{t('policy.health.open')}</span>
        <span>{t('policy.health.last')}</span>
        <span>{t('policy.health.differences')}</span>
      </div>
      <ul class="wi-rows" aria-label={t('policy.title.health')}>
        {sorted(health.rules, order).map((row) => (
          <Row key={row.rule} row={row} onVisits={onVisits} />
        ))}
      </ul>
    </section>
  );
}

function Says({ word, rules }: { word: string; rules: readonly string[] }) {
  if (rules.length === 0) return null;
  return (
    <p>
      <span class="muted small">{word}</span> {rules.join('、')}
    </p>
  );
}

function Visit({ row }: { row: DifferingVisit }) {
  const old = row.phone_version !== row.server_version;
  return (
    <li class="pol-house">
      <p class="pol-house-head">
        <a href={`#/county/${row.visit_id}`}>{t('policy.health.visitOf', { name: row.author_name })}</a>
        <span class="muted small num">{showInstant(row.visited_at)}</span>
      </p>
      <Says word={t('policy.health.metPhone')} rules={row.met_phone} />
      <Says word={t('policy.health.metServer')} rules={row.met_server} />
      <Says word={t('policy.health.openPhone')} rules={row.open_phone} />
      <Says word={t('policy.health.openServer')} rules={row.open_server} />
      <p class="muted small">{t(old ? 'policy.health.oldRules' : 'policy.health.sameRules')}</p>
    </li>
  );
}

function readPage(rule: string, cursor: string | null): Promise<DifferingPage> {
  const query = { ...(rule === '' ? {} : { rule }), ...(cursor === null ? {} : { cursor }), limit: 50 };
  return call(api.GET('/policy/rule-health/differences', { params: { query } }));
}

function Visits({ rule, onAll }: { rule: string; onAll: () => void }) {
  const reading = useReading(rule, () => readPage(rule, null));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const more = async (page: DifferingPage) => {
    setBusy(true);
    setError(null);
    try {
      const next = await readPage(rule, page.next);
      reading.put({ items: joined(page.items, next.items, (row) => row.visit_id), next: next.next });
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <section class="card stack" id="differing">
      <div class="card-head">
        <h2>{rule === '' ? t('policy.health.visits') : t('policy.health.visitsOf', { rule })}</h2>
        {rule !== '' && (
          <Button kind="plain" onClick={onAll}>
            {t('policy.health.allVisits')}
          </Button>
        )}
      </div>
      <Read {...reading} label={t('policy.loading')} lines={2}>
        {(page) => (
          <>
            {page.items.length === 0 && <p class="muted">{t('policy.health.noneDiffer')}</p>}
            <ul class="pol-houses">
              {page.items.map((row) => (
                <Visit key={row.visit_id} row={row} />
              ))}
            </ul>
            <LoadMore
              label={t('policy.more')}
              more={page.next !== null}
              busy={busy}
              error={error}
              say={errorHelp}
              onMore={() => void more(page)}
            />
          </>
        )}
      </Read>
    </section>
  );
}

export function HealthScreen() {
  const [rule, setRule] = useState('');
  const reading = useReading('health', () => call(api.GET('/policy/rule-health', {})));
  const open = (id: string) => {
    setRule(id);
    document.getElementById('differing')?.scrollIntoView();
  };
  return (
    <Frame at="health">
      <Read {...reading} label={t('policy.loading')}>
        {(health) =>
          health.households === 0 ? (
            <EmptyState title={t('policy.health.empty')} text={t('policy.health.emptyText')} />
          ) : (
            <>
              <Previews health={health} />
              <Rules health={health} onVisits={open} />
              <Visits rule={rule} onAll={() => setRule('')} />
            </>
          )
        }
      </Read>
    </Frame>
  );
}
