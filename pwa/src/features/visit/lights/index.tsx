/** Lights while the form is filled in: a chunk of its own with the rules' engine, loaded behind the form. */
import './lights.css';
import { computed } from '@preact/signals';
import { registerTexts } from '../../../core/i18n';
import { openBench } from '../../../core/policy/engine';
import type { CompactPack } from '../../../core/policy/pack';
import { keepFresh, policy } from '../../../core/policy/store';
import { texts as zhFacts } from '../../../i18n/zh-CN/facts';
import { texts as zh } from '../../../i18n/zh-CN/record';
import type { Controller } from '../controller';
import { policyFacts } from '../facts';
import { CONSENT } from '../model';
import { toAsk } from './ask';
import { Findings, Strip } from './views';

registerTexts({ zh, en: () => import('../../../i18n/en/record') });
registerTexts({ zh: zhFacts, en: () => import('../../../i18n/en/facts') });

/** The Chinese names come with the rules, the English ones with the app. */
function registerNames({ rules, labels }: CompactPack): void {
  const named = { ...Object.fromEntries(rules.map(({ id, label }) => [id, label])), ...labels };
  registerTexts({
    zh: Object.fromEntries(Object.entries(named).map(([id, label]) => [`rule.${id}`, label])),
    en: async () => ({ texts: (await import('../../../i18n/rules.en.json')).default }),
  });
}

/** Puts the phone's rules to work on an open form. Rejects where the phone has none that it can read. */
export async function attach(controller: Controller): Promise<void> {
  const pack = await policy();
  keepFresh();
  registerNames(pack);
  const bench = openBench(pack, controller.day);
  const located = controller.opened.household.home !== null;
  const judged = computed(() => {
    const form = controller.form.value;
    // The family spoke to nobody: there is nothing to judge.
    return form.answers[CONSENT] === 'no' ? null : bench.judge(policyFacts(form, located));
  });
  const asked = computed(
    () => new Set(judged.value ? toAsk(judged.value, controller.form.value).map(({ step }) => step.key) : []),
  );
  controller.judging.value = { judged, asked, Strip, Findings };
}
