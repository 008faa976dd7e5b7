/** An amount in yuan, typed as digits and kept as text with two decimals; big sums are also shown in 万. */
import { useId, useState } from 'preact/hooks';
import './field.css';

export interface MoneyInputProps {
  label: string;
  /** "12000.00", or null while not asked. */
  value: string | null;
  onChange: (value: string | null) => void;
  hint?: string | undefined;
  error?: string | undefined;
  hideLabel?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Word behind the amount; default 元. */
  unit?: string | undefined;
  /** Text for large sums, e.g. "= 1.2 万"; see `inTenThousands`. */
  echo?: ((value: string) => string) | undefined;
}

/** "12,000.5" to "12000.50"; null for an empty line, undefined for something that is not an amount. */
export function parseMoney(text: string): string | null | undefined {
  const plain = text
    .replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[,，\s元¥￥]/g, '');
  if (plain === '') return null;
  const match = /^(\d{1,10})(?:\.(\d{0,2}))?$/.exec(plain);
  if (!match) return undefined;
  return `${BigInt(match[1] ?? '0')}.${(match[2] ?? '').padEnd(2, '0')}`;
}

/** "12000.00" to "12,000"; cents only when there are any. */
export function showMoney(value: string): string {
  const [whole = '0', cents = '00'] = value.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return cents === '00' ? grouped : `${grouped}.${cents}`;
}

/** "12000.00" to "1.2"; empty below ten thousand. */
export function inTenThousands(value: string): string {
  const amount = Number(value) / 10_000;
  return amount >= 1 ? String(Math.floor(amount * 100) / 100) : '';
}

export function MoneyInput(props: MoneyInputProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const note = props.error ?? props.hint;
  const shown = typed ?? (props.value === null ? '' : showMoney(props.value));
  const echo = props.value !== null && props.echo ? props.echo(props.value) : '';
  const take = (text: string) => {
    const parsed = parseMoney(text);
    if (parsed === undefined) return setTyped(typed ?? shown);
    setTyped(text);
    props.onChange(parsed);
  };
  return (
    <div class={`field${props.error ? ' field-bad' : ''}`}>
      <label class={props.hideLabel ? 'visually-hidden' : 'field-label'} for={id}>
        {props.label}
      </label>
      <div class="field-box money-box">
        <input
          id={id}
          class="field-input money-input"
          inputMode="decimal"
          autocomplete="off"
          maxLength={16}
          disabled={props.disabled}
          value={shown}
          aria-invalid={props.error ? 'true' : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          onInput={(event) => {
            take(event.currentTarget.value);
            if (parseMoney(event.currentTarget.value) === undefined) event.currentTarget.value = shown;
          }}
          onBlur={() => setTyped(null)}
        />
        <span class="money-unit">
          {props.unit ?? '元'}
          {echo && ` ${echo}`}
        </span>
      </div>
      {note && (
        <p id={`${id}-note`} class={props.error ? 'field-error' : 'field-hint'}>
          {note}
        </p>
      )}
    </div>
  );
}
