/** Made-up numbers, rules and acts for the tests of the policy's pages. */
import type { Parameter, Rule, Setting } from '../../core/api/policyTypes';

export function aParameter(changes: Partial<Parameter> = {}): Parameter {
  return {
    name: 'LINE_GX',
    label: { zh: '收入参考线', en: 'Income line' },
    unit: 'CNY_per_person_year',
    value: '5000.00',
    default: '5000.00',
    least: null,
    origin: 'document',
    note: '',
    articles: [{ id: 'GX-2-ART2', document: '2号文', text: '年人均纯收入在5000元以下' }],
    pack: 'guangxi-2020-2',
    in_force: true,
    values: [{ from: '2020-01-19', value: '5000.00' }],
    settings: [],
    ...changes,
  };
}

export function aRule(changes: Partial<Rule> = {}): Rule {
  return {
    rule: 'R-INC-01',
    label: { zh: '收入在线以下', en: 'Income at or below the line' },
    severity: 'red',
    risks: ['illness'],
    note: '',
    articles: [{ id: 'GX-2-ART2', document: '2号文', text: '年人均纯收入在5000元以下' }],
    words: { zh: '人均纯收入不超过参考线', en: 'income per head is at most the line' },
    condition: {},
    parameters: ['LINE_GX'],
    pack: 'guangxi-2020-2',
    pack_version: '2026.2',
    on: true,
    in_force: true,
    choosable: false,
    settings: [],
    ...changes,
  };
}

export function aSetting(changes: Partial<Setting> = {}): Setting {
  return {
    id: '01990000-0000-7000-8000-000000000001',
    kind: 'parameter',
    name: 'LINE_GX',
    label: { zh: '收入参考线', en: 'Income line' },
    unit: 'CNY_per_person_year',
    value: '6500.00',
    from: '2026-11-01',
    until: null,
    reason: '县扶贫领导小组会议纪要第 7 号',
    signer_name: '莫志明',
    signed_at: '2026-10-30T02:00:00.000Z',
    state: 'in_force',
    revoked: null,
    ...changes,
  };
}
