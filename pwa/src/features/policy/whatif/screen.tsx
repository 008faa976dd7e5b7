/** What if the rules were others: nothing of it is stored, and the address holds the whole trial. */
import './whatif.css';
import { useEffect, useState } from 'preact/hooks';
import type { HouseholdsOf } from '../../../core/api/policyTypes';
import { pick, t } from '../../../core/i18n';
import { place } from '../../../core/nav';
import { riskWord } from '../../../record';
import { Icon } from '../../../ui/icon';
import { Frame, Read } from '../frame';
import { type Rulebook, readRules, rulebook } from '../store';
import { Changes, Controls } from './controls';
import { Behind } from './households';
import {
  firstFocus,
  knownPart,
  NO_TRIAL,
  rangeOf,
  readList,
  readTrial,
  type Trial,
  triable,
  trialHref,
} from './model';
import { kindWord, Results } from './results';
import { simulation, work } from './store';

/** Names an open list that an address brought. */
function titleOf(list: HouseholdsOf, book: Rulebook): string {
  const way = t(`policy.whatif.${list.direction}`);
  const rule = book.rules.items.find((one) => one.rule === list.rule);
  const township = simulation.value.data?.townships.find((one) => one.code === list.township);
  if (list.rule !== undefined) return `${rule ? pick(rule.label) : list.rule} · ${way}`;
  if (list.kind !== undefined) return `${kindWord(list.kind)} · ${way}`;
  if (list.risk !== undefined) return `${riskWord(list.risk)} · ${way}`;
  if (list.township !== undefined) return `${township?.name ?? list.township} · ${way}`;
  return `${t('policy.whatif.flagged')} · ${way}`;
}

/** The trial of the address; without one the first line of the rulebook is on the slider, as it is today. */
function startOf(query: Readonly<Record<string, string>>, book: Rulebook): Trial {
  const parameters = book.parameters.items;
  const rules = book.rules.items;
  const found = knownPart(readTrial(query), parameters, rules);
  const untouched = trialHref(found) === trialHref(NO_TRIAL);
  return untouched ? { ...found, focus: firstFocus(triable(parameters, rules)) } : found;
}

function Desk({ book }: { book: Rulebook }) {
  const { query } = place.value;
  const [trial, setTrial] = useState(() => startOf(query, book));
  const [list, setList] = useState(() => readList(query['list']));
  useEffect(() => {
    setTrial(startOf(query, book));
    setList(readList(query['list']));
  }, [query]);
  useEffect(() => {
    const parameter = book.parameters.items.find((one) => one.name === trial.focus);
    work(trial, parameter ? rangeOf(parameter, trial.set[trial.focus]) : null);
  }, [trial, book]);
  /** The address follows without a step in the browser's history and without scrolling. */
  const keep = (nextTrial: Trial, nextList: HouseholdsOf | null) => {
    setTrial(nextTrial);
    setList(nextList);
    history.replaceState(history.state, '', trialHref(nextTrial, nextList));
  };
  const retry = () => {
    const parameter = book.parameters.items.find((one) => one.name === trial.focus);
    work(trial, parameter ? rangeOf(parameter, trial.set[trial.focus]) : null, true);
  };
  const change = (next: Trial) => keep(next, null);
  return (
    <>
      <p class="wi-mark-line">
        <Icon name="info" size={20} />
        <b>{t('policy.whatif.onlyTrial')}</b>
        <span>{t('policy.whatif.onlyTrialText')}</span>
      </p>
      <div class="wi-desk">
        <Controls book={book} trial={trial} onChange={change} />
        <div class="stack">
          <Changes book={book} trial={trial} onChange={change} />
          <Results onOpen={(next) => keep(trial, next)} onRetry={retry} />
        </div>
      </div>
      <Behind
        trial={trial}
        list={list}
        title={list ? titleOf(list, book) : ''}
        onClose={() => keep(trial, null)}
      />
    </>
  );
}

export function WhatIfScreen() {
  const { data, error } = rulebook.value;
  return (
    <Frame at="whatif">
      <Read data={data} error={error} reload={() => void readRules()} label={t('policy.loading')}>
        {(book) => <Desk book={book} />}
      </Read>
    </Frame>
  );
}
