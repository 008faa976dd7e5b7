/** Six digits on big keys, for one thumb; a keyboard works as well. Nothing typed here is ever in a field of a form. */
import './pin.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { registerTexts, t } from '../../core/i18n';
import { PIN_LENGTH } from '../../core/vault/pinRules';
import { texts as zh } from '../../i18n/zh-CN/lock';
import { Icon, type IconName } from '../../ui/icon';

registerTexts({ zh, en: () => import('../../i18n/en/lock') });

export interface PinPadProps {
  icon?: IconName | undefined;
  title: string;
  lead: ComponentChildren;
  /** What is wrong, read out at once. */
  fault?: string | null | undefined;
  value: string;
  /** With the sixth digit as well. */
  onInput: (value: string) => void;
  /** What is being done; keys rest meanwhile. */
  busy?: string | null | undefined;
  children?: ComponentChildren;
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

function Dots({ count }: { count: number }) {
  return (
    <p class="pin-dots" role="status">
      <span class="visually-hidden">{t('lock.typed', { n: count, all: PIN_LENGTH })}</span>
      {Array.from({ length: PIN_LENGTH }, (_, at) => (
        <i key={at} class={at < count ? 'on' : ''} aria-hidden="true" />
      ))}
    </p>
  );
}

/** Digits and Backspace of a keyboard, wherever the focus is, except in a field. */
function useKeys(press: (key: string) => void): void {
  const newest = useRef(press);
  newest.current = press;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
      if (/^[0-9]$/.test(event.key) || event.key === 'Backspace') newest.current(event.key);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

export function PinPad({ icon = 'lock', title, lead, fault, value, onInput, busy, children }: PinPadProps) {
  const press = (key: string) => {
    if (busy) return;
    if (key === 'Backspace') onInput(value.slice(0, -1));
    else if (value.length < PIN_LENGTH) onInput(value + key);
  };
  useKeys(press);
  return (
    <main class="pin">
      <div class="pin-head">
        <span class="pin-mark">
          <Icon name={icon} size={32} />
        </span>
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      <Dots count={value.length} />
      <p class="pin-say" role={fault && !busy ? 'alert' : 'status'}>
        {busy ?? fault ?? ''}
      </p>
      <fieldset class="pin-pad" aria-label={t('lock.pad')}>
        {DIGITS.map((digit) => (
          <button key={digit} type="button" class="pin-key" onClick={() => press(digit)}>
            {digit}
          </button>
        ))}
        <span />
        <button type="button" class="pin-key" onClick={() => press('0')}>
          0
        </button>
        <button
          type="button"
          class="pin-key pin-erase"
          aria-label={t('lock.delete')}
          onClick={() => press('Backspace')}
        >
          <Icon name="erase" />
        </button>
      </fieldset>
      {children && <div class="pin-more">{children}</div>}
    </main>
  );
}
