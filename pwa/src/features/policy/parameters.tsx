/** Every number of the policy: its value in force, unit, source and what the county signed about it. */
import { useState } from 'preact/hooks';
import type { Parameter } from '../../core/api/policyTypes';
import { showDay } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { user } from '../../core/session';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Frame, Read } from './frame';
import { Acts, daysWord } from './settings';
import { SignSheet } from './sign';
import { Note, Quotes } from './sources';
import { type Rulebook, readRules, rulebook } from './store';
import { inForce, isCountys, plainNumber, unitWord, valueWord } from './values';
import { triable, trialHref } from './whatif/model';

function Value({ parameter }: { parameter: Parameter }) {
  if (parameter.value === null) return <span class="pol-unset">{t('policy.notSet')}</span>;
  return (
    <span class="pol-value num">
      <b>{plainNumber(parameter.value)}</b> <small>{unitWord(parameter.unit)}</small>
    </span>
  );
}

function Origin({ parameter }: { parameter: Parameter }) {
  const own = inForce(parameter.settings);
  if (own) return <Tag tone="accent">{t('policy.ownValue')}</Tag>;
  if (!parameter.in_force) return <Tag>{t('policy.notInForce')}</Tag>;
  return <Tag>{t(isCountys(parameter) ? 'policy.origin.county' : 'policy.origin.document')}</Tag>;
}

/** The values of the documents' packs over time, when there was more than one. */
function PackValues({ parameter }: { parameter: Parameter }) {
  if (parameter.values.length < 2) return null;
  return (
    <section>
      <h2>{t('policy.packValues')}</h2>
      <ul class="pol-dated">
        {parameter.values.map((one) => (
          <li key={one.from}>
            {daysWord({ from: one.from, until: null })}: <b>{valueWord(one.value, parameter.unit)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Source({ parameter }: { parameter: Parameter }) {
  const own = inForce(parameter.settings);
  return (
    <section class="stack">
      <h2>{t('policy.source')}</h2>
      <p>{t(isCountys(parameter) ? 'policy.countyMustSet' : 'policy.fromDocument')}</p>
      <Quotes articles={parameter.articles} />
      <Note text={parameter.note} />
      {own && (
        <p>
          {t('policy.instead', {
            value: valueWord(parameter.default, parameter.unit),
            from: showDay(own.from),
          })}
        </p>
      )}
    </section>
  );
}

function Item({ parameter, canTry }: { parameter: Parameter; canTry: boolean }) {
  const [signing, setSigning] = useState(false);
  const mayChange = user.value?.role === 'county';
  return (
    <li class="card pol-item">
      <details>
        <summary>
          <span class="pol-item-name">
            {pick(parameter.label)}
            <small class="pol-code">{parameter.name}</small>
          </span>
          <span class="pol-item-value">
            <Value parameter={parameter} />
            <Origin parameter={parameter} />
          </span>
        </summary>
        <div class="pol-open">
          <Source parameter={parameter} />
          <PackValues parameter={parameter} />
          <section class="stack">
            <h2>{t('policy.acts')}</h2>
            <Acts settings={parameter.settings} />
          </section>
          {mayChange && (
            <div class="inline">
              <Button onClick={() => setSigning(true)}>{t('policy.change')}</Button>
              {canTry && (
                <Button
                  kind="quiet"
                  icon="chart"
                  href={trialHref({ focus: parameter.name, set: {}, off: [] })}
                >
                  {t('policy.tryFirst')}
                </Button>
              )}
            </div>
          )}
        </div>
      </details>
      {signing && (
        <SignSheet
          act={{ what: 'parameter', parameter }}
          title={t('policy.sign.parameterTitle', { what: pick(parameter.label) })}
          onClose={() => setSigning(false)}
        />
      )}
    </li>
  );
}

function List({ book }: { book: Rulebook }) {
  const { items, profile, version } = book.parameters;
  const tried = new Set(triable(items, book.rules.items).map((one) => one.name));
  if (items.length === 0) return <EmptyState title={t('policy.parameters.empty')} />;
  return (
    <>
      <ul class="pol-items" aria-label={t('policy.title.parameters')}>
        {items.map((one) => (
          <Item key={one.name} parameter={one} canTry={tried.has(one.name)} />
        ))}
      </ul>
      <p class="muted small">{t('policy.version', { profile, version })}</p>
    </>
  );
}

export function ParametersScreen() {
  const { data, error } = rulebook.value;
  return (
    <Frame at="parameters">
      <Read data={data} error={error} reload={() => void readRules()} label={t('policy.loading')}>
        {(book) => <List book={book} />}
      </Read>
    </Frame>
  );
}
