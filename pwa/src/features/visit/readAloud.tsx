/**
 * Questions read aloud, a chunk of its own for phones with a voice. Only voices that live on the phone: others send
 * what they read, names of the household among it, to somebody's server.
 */
import { computed, signal } from '@preact/signals';
import { locale, pick, t } from '../../core/i18n';
import { Icon } from '../../ui/icon';
import { askable } from './choices';
import type { Controller } from './controller';
import type { Step } from './model';
import { optionsFor } from './words';

/** Slower than speech among neighbours: who listens may be eighty. */
const RATE = 0.85;

/** Tag of the language without the rest: "zh_CN" and "cmn-Hans" both count as Chinese. */
const languageOf = (tag: string): string => {
  const [first = ''] = tag.toLowerCase().split(/[-_]/);
  return first === 'cmn' ? 'zh' : first;
};

/** A voice of this phone for the language on screen, or none. */
export function voiceFor(
  voices: readonly SpeechSynthesisVoice[],
  language: string,
): SpeechSynthesisVoice | null {
  const own = voices.filter((voice) => voice.localService && languageOf(voice.lang) === languageOf(language));
  return own.find((voice) => voice.default) ?? own[0] ?? null;
}

/** What is read: the question, then its answers. */
export function spoken(controller: Controller, { question }: Step): string {
  const { checklist } = controller.opened;
  const { people } = controller.form.value.around;
  const options = optionsFor(question, askable(question, checklist, people), checklist);
  return [pick(question.label), ...options.map(({ label }) => pick(label))].join(t('visit.aloud.pause'));
}

/** Adds the voice to an open form as soon as the phone names one; some name theirs late. */
export function attach(controller: Controller, speech: SpeechSynthesis = speechSynthesis): void {
  const speaking = signal<string | null>(null);
  const voices = signal<readonly SpeechSynthesisVoice[]>([]);
  const own = computed(() => voiceFor(voices.value, locale.value));
  let turn = 0;
  const stop = () => {
    turn += 1;
    speaking.value = null;
    speech.cancel();
  };
  const say = (step: Step) => {
    stop();
    const voice = own.value;
    if (voice === null) return;
    const mine = turn;
    const words = new SpeechSynthesisUtterance(spoken(controller, step));
    Object.assign(words, { voice, lang: voice.lang, rate: RATE });
    words.onend = words.onerror = () => {
      if (turn === mine) speaking.value = null;
    };
    speaking.value = step.key;
    speech.speak(words);
  };
  const Button = ({ step }: { step: Step }) => {
    const { question } = step;
    if (question.observer || question.type === 'photo' || question.type === 'repeat') return null;
    if (own.value === null) return null;
    const on = speaking.value === step.key;
    const words = on ? 'visit.aloud.stop' : 'visit.aloud.start';
    return (
      <button
        type="button"
        class="visit-more"
        aria-label={t(`${words}Of`, { question: pick(question.label) })}
        onClick={() => (on ? stop() : say(step))}
      >
        <Icon name={on ? 'close' : 'sound'} size={18} />
        {t(words)}
      </button>
    );
  };
  const listen = () => {
    voices.value = speech.getVoices();
  };
  speech.addEventListener?.('voiceschanged', listen);
  listen();
  controller.aloud.value = { Button, stop };
}
