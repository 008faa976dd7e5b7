/** The cases beside the packs, which the server judges too (tests/policy/test_pack_cases.py). */
import { describe, expect, it } from 'vitest';
import shared from '../../../../tests/policy/pack_cases.json';
import { openBench } from './engine';
import type { Facts } from './expression';
import type { CompactPack, Setting } from './pack';

interface Case {
  rule: string;
  name: string;
  facts: Facts;
  expect: 'met' | 'not_met' | 'unknown';
  ask?: string[];
}

const file = shared as unknown as { day: string; pack: CompactPack; clean: Facts; cases: Case[] };
const bench = openBench(file.pack, file.day);

describe('shared with the server', () => {
  it.each(file.cases.map((one) => [`${one.rule} ${one.name}`, one] as const))('%s', (_name, one) => {
    const { lights, unknown } = bench.judge({ ...file.clean, ...one.facts });
    const open = unknown.find(({ rule }) => rule === one.rule);
    const met = lights.some(({ rule }) => rule === one.rule);
    expect(met ? 'met' : open ? 'unknown' : 'not_met').toBe(one.expect);
    if (one.expect === 'unknown') expect(open?.ask).toEqual(one.ask);
  });

  it('has a firing case and a near miss of every rule', () => {
    const rules = file.pack.rules.map(({ id }) => id).sort();
    expect(rules).toHaveLength(68);
    for (const outcome of ['met', 'not_met'])
      expect([...new Set(file.cases.filter((c) => c.expect === outcome).map((c) => c.rule))].sort()).toEqual(
        rules,
      );
  });

  it('finds nothing in a household with nothing wrong', () => {
    expect(bench.judge(file.clean)).toMatchObject({ lights: [], unknown: [], severity: 'none', kind: null });
  });
});

describe('settings of a county', () => {
  const household = {
    ...file.clean,
    pcni: 6800,
    shock: ['death'],
    labour_lost: 'lost',
    hardship_src: ['shock'],
  };
  const rules = (params: Setting[], off: Setting[], day = file.day) =>
    openBench({ ...file.pack, local: { params, off, on: [] } }, day)
      .judge(household)
      .lights.map(({ rule }) => rule);

  it('count on their days only, and of two the later one', () => {
    const line: Setting[] = [
      ['LINE_YEAR', '2026-01-01', null, '6000.00'],
      ['LINE_YEAR', '2026-11-01', '2026-11-20', '6800.01'],
    ];
    expect(rules(line, [])).not.toContain('R-SHK-10');
    expect(rules(line, [], '2026-11-21')).toContain('R-SHK-10');
  });

  it('switch a rule off', () => {
    expect(rules([], [])).toContain('R-SHK-10');
    expect(rules([], [['R-SHK-10', '2026-01-01', null]])).not.toContain('R-SHK-10');
  });

  it('leave a rule out that nobody chose', () => {
    const choosable = { ...file.pack, rules: file.pack.rules.map((rule) => ({ ...rule, choosable: true })) };
    expect(openBench(choosable, file.day).judge(household).lights).toEqual([]);
  });
});
