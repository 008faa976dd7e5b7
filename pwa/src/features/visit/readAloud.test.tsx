// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerTexts } from '../../core/i18n';
import { texts as core } from '../../i18n/zh-CN/core';
import { texts as zh } from '../../i18n/zh-CN/visit';
import { FormScreen } from './formScreen';
import { attach, voiceFor } from './readAloud';
import { openWorld } from './testWorld';

const voice = (lang: string, localService = true, isDefault = false) =>
  ({ lang, localService, default: isDefault, name: lang }) as SpeechSynthesisVoice;

class Said {
  onend: (() => void) | null = null;
  constructor(readonly text: string) {}
}

/** A phone that speaks into a list; `late` voices are named when it says so. */
function speaker(first: SpeechSynthesisVoice[]) {
  const said: Said[] = [];
  let voices = first;
  let changed: () => void = () => undefined;
  const speech = {
    getVoices: () => voices,
    speak: (words: Said) => said.push(words),
    cancel: vi.fn(),
    addEventListener: (_name: string, listener: () => void) => {
      changed = listener;
    },
  };
  const name = (late: SpeechSynthesisVoice[]) => {
    voices = late;
    changed();
  };
  return { said, speech, name, asSpeech: speech as unknown as SpeechSynthesis };
}

beforeAll(() => {
  registerTexts({ zh: { ...core, ...zh }, en: {} });
  Element.prototype.scrollIntoView = () => undefined;
});
beforeEach(() => vi.stubGlobal('SpeechSynthesisUtterance', Said));
afterEach(cleanup);

function open(phone: ReturnType<typeof speaker>) {
  const { controller } = openWorld();
  attach(controller, phone.asSpeech);
  return render(<FormScreen controller={controller} onMoved={() => undefined} />);
}

describe('reading aloud', () => {
  it('reads a question with its answers, stops on a second tap and when the form is left', async () => {
    const phone = speaker([voice('zh-CN')]);
    const { unmount } = open(phone);
    const button = screen.getByRole('button', { name: '念题：已说明来意、用途并征得同意' });
    fireEvent.click(button);
    expect(phone.said[0]?.text).toContain('已说明来意、用途并征得同意。已同意');
    fireEvent.click(screen.getByRole('button', { name: /^停：/ }));
    expect(screen.queryByRole('button', { name: /^停：/ })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: '念题：已说明来意、用途并征得同意' }));
    const stopped = phone.speech.cancel.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 50)); // effects run after the screen is drawn
    unmount();
    await waitFor(() => expect(phone.speech.cancel.mock.calls.length).toBe(stopped + 1));
  });

  it('is not offered without a Chinese voice on the phone, and is as soon as one is named', async () => {
    const phone = speaker([voice('en-US'), voice('zh-CN', false)]);
    open(phone);
    expect(screen.queryByRole('button', { name: /念题/ })).toBeNull();
    phone.name([voice('zh_CN')]);
    expect(await screen.findAllByRole('button', { name: /念题/ })).not.toHaveLength(0);
  });

  it('prefers the default among the voices of a language, however they are spelt', () => {
    const voices = [voice('cmn-Hans-CN'), voice('zh_TW', true, true), voice('en-GB')];
    expect(voiceFor(voices, 'zh-CN')?.lang).toBe('zh_TW');
    expect(voiceFor(voices, 'en')?.lang).toBe('en-GB');
    expect(voiceFor([voice('zh-CN', false)], 'zh-CN')).toBeNull();
  });
});
