/** Every rule with its light, its condition in words, its articles, and whether the county uses it. */
import { useState } from 'preact/hooks';
import type { Rule } from '../../core/api/policyTypes';
import { severityWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { user } from '../../core/session';
import { riskWord } from '../../record';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Field } from '../../ui/field';
import { Light } from '../../ui/light';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Frame, Read } from './frame';
import { fits, foundRules, nextAct, RULE_FILTERS, type RuleFilter } from './rulesModel';
import { Acts } from './settings';
import { SignSheet } from './sign';
import { Note, Quotes } from './sources';
import { type Rulebook, readRules, rulebook } from './store';
import { valueWord } from './values';
import { trialHref } from './whatif/model';

function State({ rule }: { rule: Rule }) {
  if (rule.on) return <Tag tone="accent">{t('policy.rules.on')}</Tag>;
  if (!rule.in_force) return <Tag>{t('policy.notInForce')}</Tag>;
  return <Tag tone="strong">{t(rule.choosable ? 'policy.rules.notChosen' : 'policy.rules.off')}</Tag>;
}

function Numbers({ rule, book }: { rule: Rule; book: Rulebook }) {
  const used = book.parameters.items.filter((one) => rule.parameters.includes(one.name));
  if (used.length === 0) return null;
  return (
    <section>
      <h2>{t('policy.rules.numbers')}</h2>
      <ul class="pol-dated">
        {used.map((one) => (
          <li key={one.name}>
            {pick(one.label)}: <b class="num">{valueWord(one.value, one.unit)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Actions({ rule, onSign }: { rule: Rule; onSign: () => void }) {
  const act = nextAct(rule);
  if (user.value?.role !== 'county') return null;
  return (
    <div class="inline">
      {act && <Button onClick={onSign}>{t(`policy.rules.${act}`)}</Button>}
      {rule.on && (
        <Button kind="quiet" icon="chart" href={trialHref({ focus: '', set: {}, off: [rule.rule] })}>
          {t('policy.rules.tryOff')}
        </Button>
      )}
    </div>
  );
}

function Inside({ rule, book }: { rule: Rule; book: Rulebook }) {
  const [signing, setSigning] = useState(false);
  const act = nextAct(rule);
  return (
    <div class="pol-open">
      <section class="stack">
        <h2>{t('policy.rules.when')}</h2>
        <p>{pick(rule.words)}</p>
        {rule.risks.length > 0 && <p class="muted">{rule.risks.map(riskWord).join(' · ')}</p>}
      </section>
      <Numbers rule={rule} book={book} />
      <section class="stack">
        <h2>{t('policy.source')}</h2>
        <Quotes articles={rule.articles} />
        <Note text={rule.note} />
      </section>
      <section class="stack">
        <h2>{t('policy.acts')}</h2>
        <Acts settings={rule.settings} />
      </section>
      <Actions rule={rule} onSign={() => setSigning(true)} />
      <p class="muted small">{t('policy.rules.pack', { pack: rule.pack, version: rule.pack_version })}</p>
      {signing && act && (
        <SignSheet
          act={{ what: act, rule }}
          title={t(`policy.sign.${act}Title`, { what: `${rule.rule} ${pick(rule.label)}` })}
          onClose={() => setSigning(false)}
        />
      )}
    </div>
  );
}

/** A folded rule draws only its line: a county has sixty of them. */
function Item({ rule, book }: { rule: Rule; book: Rulebook }) {
  const [open, setOpen] = useState(false);
  return (
    <li class="card pol-item">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="pol-item-name">
            {pick(rule.label)}
            <small class="pol-code">
              {rule.rule} · {rule.articles.map((one) => one.id).join('、')}
            </small>
          </span>
          <span class="pol-item-value">
            <Light compact severity={rule.severity} word={severityWord(rule.severity)} />
            <State rule={rule} />
          </span>
        </summary>
        {open && <Inside rule={rule} book={book} />}
      </details>
    </li>
  );
}

function List({ book }: { book: Rulebook }) {
  const [filter, setFilter] = useState<RuleFilter>('all');
  const [search, setSearch] = useState('');
  const rules = book.rules.items;
  const found = foundRules(rules, filter, search);
  return (
    <>
      <Field
        label={t('policy.rules.search')}
        hideLabel
        type="search"
        placeholder={t('policy.rules.search')}
        value={search}
        onInput={setSearch}
      />
      <Chips
        label={t('policy.rules.filter')}
        value={filter}
        items={RULE_FILTERS.map((id) => ({
          id,
          label: t(`policy.rules.filter.${id}`),
          count: rules.filter((rule) => fits(rule, id)).length,
        }))}
        onChange={(id) => setFilter(id as RuleFilter)}
      />
      {found.length === 0 && <EmptyState icon="search" title={t('policy.rules.noMatch')} />}
      <ul class="pol-items" aria-label={t('policy.title.rules')}>
        {found.map((rule) => (
          <Item key={rule.rule} rule={rule} book={book} />
        ))}
      </ul>
    </>
  );
}

export function RulesScreen() {
  const { data, error } = rulebook.value;
  return (
    <Frame at="rules">
      <Read data={data} error={error} reload={() => void readRules()} label={t('policy.loading')}>
        {(book) => <List book={book} />}
      </Read>
    </Frame>
  );
}
