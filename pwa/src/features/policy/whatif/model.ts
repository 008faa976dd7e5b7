/** A trial of other rules as plain data: what is changed, its address, and the range of a slider. */
import type { Direction, HouseholdsOf, OtherRules, Parameter, Rule } from '../../../core/api/policyTypes';
import { isCountys, plainNumber, sameValue } from '../values';

export interface Trial {
  /** Parameter on the slider; '' is none. */
  readonly focus: string;
  /** Changed parameters by name. */
  readonly set: Readonly<Record<string, string>>;
  /** Rules switched off on top of those that are off today. */
  readonly off: readonly string[];
}

export const NO_TRIAL: Trial = { focus: '', set: {}, off: [] };

const NAME = /^[A-Z][A-Z0-9_]{0,39}$/;
const RULE = /^[A-Z0-9-]{1,40}$/;
const VALUE = /^\d{1,9}(\.\d{1,4})?$/;

/** A trial out of an address; what is not understood changes nothing. */
export function readTrial(query: Readonly<Record<string, string>>): Trial {
  const pairs = (query['set'] ?? '').split(',').map((pair) => pair.split(':'));
  const set = Object.fromEntries(
    pairs.filter(([name = '', value = '']) => NAME.test(name) && VALUE.test(value)),
  ) as Record<string, string>;
  const focus = query['focus'] ?? '';
  const off = (query['off'] ?? '').split(',').filter((rule) => RULE.test(rule));
  return { focus: NAME.test(focus) ? focus : '', set, off: [...new Set(off)] };
}

/** The address of a trial, with the list that is open in it. */
export function trialHref(trial: Trial, list: HouseholdsOf | null = null): string {
  const set = Object.entries(trial.set).map(([name, value]) => `${name}:${value}`);
  const parts = [
    ...(trial.focus === '' ? [] : [`focus=${trial.focus}`]),
    ...(set.length === 0 ? [] : [`set=${set.join(',')}`]),
    ...(trial.off.length === 0 ? [] : [`off=${trial.off.join(',')}`]),
    ...(list === null ? [] : [`list=${writeList(list)}`]),
  ];
  return `#/policy/whatif${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}

const GROUPS = ['rule', 'kind', 'township', 'risk'] as const;
export type Group = (typeof GROUPS)[number];
const DIRECTIONS: readonly string[] = ['entering', 'leaving', 'now', 'then'];

function writeList(list: HouseholdsOf): string {
  const group = GROUPS.find((name) => list[name] !== undefined);
  return group === undefined ? list.direction : `${group}:${list[group]}:${list.direction}`;
}

/** The list named in an address; null when none is. */
export function readList(text: string | undefined): HouseholdsOf | null {
  const parts = (text ?? '').split(':');
  const direction = parts.at(-1) ?? '';
  if (!DIRECTIONS.includes(direction)) return null;
  const way = direction as Direction;
  if (parts.length === 1) return { direction: way };
  const group = GROUPS.find((name) => name === parts[0]);
  const value = parts[1] ?? '';
  if (parts.length !== 3 || !group || !/^[A-Za-z0-9_-]{1,40}$/.test(value)) return null;
  return { [group]: value, direction: way };
}

/** What the server is asked; names in order, so that equal trials are equal texts. */
export function asked(trial: Trial): OtherRules {
  const names = Object.keys(trial.set).sort();
  return {
    parameters: Object.fromEntries(names.map((name) => [name, trial.set[name] ?? ''])),
    rules_off: [...trial.off].sort(),
  };
}

export const changesAnything = (trial: Trial): boolean =>
  Object.keys(trial.set).length > 0 || trial.off.length > 0;

/** The trial with another value; the value in force today is no change. */
export function withValue(trial: Trial, parameter: Parameter, value: string): Trial {
  const { [parameter.name]: _old, ...others } = trial.set;
  return {
    ...trial,
    set: sameValue(parameter.value, value) ? others : { ...others, [parameter.name]: value },
  };
}

export function withRule(trial: Trial, rule: string, off: boolean): Trial {
  const others = trial.off.filter((other) => other !== rule);
  return { ...trial, off: off ? [...others, rule] : others };
}

/** Numbers that some rule of today reads: only they can change a light. */
export function triable(parameters: readonly Parameter[], rules: readonly Rule[]): Parameter[] {
  const used = new Set(rules.filter((rule) => rule.on).flatMap((rule) => rule.parameters));
  return parameters.filter((one) => one.in_force && used.has(one.name));
}

/** The trial without what this county's policy does not have: an address may come from elsewhere. */
export function knownPart(trial: Trial, parameters: readonly Parameter[], rules: readonly Rule[]): Trial {
  const names = new Set(triable(parameters, rules).map((one) => one.name));
  const on = new Set(rules.filter((rule) => rule.on).map((rule) => rule.rule));
  return {
    focus: names.has(trial.focus) ? trial.focus : '',
    set: Object.fromEntries(Object.entries(trial.set).filter(([name]) => names.has(name))),
    off: trial.off.filter((rule) => on.has(rule)),
  };
}

/** The number people ask about first: an income line, of the document when there is one. */
export function firstFocus(parameters: readonly Parameter[]): string {
  const lines = parameters.filter((one) => one.name.startsWith('LINE'));
  const best = lines.find((one) => !isCountys(one)) ?? lines[0] ?? parameters[0];
  return best?.name ?? '';
}

export interface Range {
  readonly from: number;
  readonly to: number;
  /** Between two stops of the slider. */
  readonly step: number;
  /** Points of the curve, both ends included; they lie on round values. */
  readonly points: number;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(rough: number, least: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  return Math.max(least, factor * power);
}

const LEAST: Readonly<Record<string, number>> = { ratio: 0.01, months: 1 };
/** The largest value the server reads. */
const MOST: Readonly<Record<string, number>> = { ratio: 100, months: 600 };
const MOST_YUAN = 999_999_999;
/** A value nobody set yet starts the slider here. */
const BLANK: Readonly<Record<string, number>> = { ratio: 1, months: 12 };
const INTERVALS = 20;
const STOPS_EACH = 5;

const tidy = (value: number): number => Number(value.toFixed(4));

/** From about half to twice today's value, on round numbers; wide enough for what was typed. */
export function rangeOf(
  parameter: Pick<Parameter, 'unit' | 'value' | 'least'>,
  chosen: string | undefined,
): Range {
  const today = Number(parameter.value ?? 0) || BLANK[parameter.unit] || 5_000;
  const least = LEAST[parameter.unit] ?? 1;
  const low = Math.min(today / 2, Number(chosen ?? today));
  const high = Math.max(today * 2, Number(chosen ?? today));
  const apart = roundStep((high - low) / INTERVALS, least);
  const bottom = Number(parameter.least ?? 0);
  const top = MOST[parameter.unit] ?? MOST_YUAN;
  const first = Math.max(Math.floor(low / apart + 1e-9), Math.ceil(bottom / apart - 1e-9));
  const last = Math.min(Math.ceil(high / apart - 1e-9), Math.floor(top / apart + 1e-9));
  return {
    from: tidy(first * apart),
    to: tidy(last * apart),
    step: Math.max(least, tidy(apart / STOPS_EACH)),
    points: last - first + 1,
  };
}

/** The slider's number as the wire's text. */
export const textOf = (value: number): string => String(Number(value.toFixed(4)));

/** "5,000 → 7,000", for the line of changes. */
export function stepWord(parameter: Parameter, value: string): string {
  return `${parameter.value === null ? '—' : plainNumber(parameter.value)} → ${plainNumber(value)}`;
}
