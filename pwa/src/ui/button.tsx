/** Buttons: one main action per screen, everything else quiet. */
import './button.css';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

export interface ButtonProps {
  /** `primary` filled, `quiet` outlined, `plain` text only, `danger` outlined in ink: red means risk. */
  kind?: 'primary' | 'quiet' | 'plain' | 'danger' | undefined;
  /** With `href` the button is a link. */
  href?: string | undefined;
  type?: 'button' | 'submit' | undefined;
  icon?: IconName | undefined;
  /** Working: not clickable, says so to screen readers. */
  busy?: boolean | undefined;
  disabled?: boolean | undefined;
  /** As wide as its place. */
  block?: boolean | undefined;
  /** Name for screen readers when the button shows only an icon. */
  label?: string | undefined;
  pressed?: boolean | undefined;
  onClick?: ((event: MouseEvent) => void) | undefined;
  children?: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { kind = 'primary', icon, busy = false, block = false, label, children } = props;
  const only = children === undefined ? ' btn-icon' : '';
  const looks = `btn btn-${kind}${block ? ' btn-block' : ''}${only}`;
  const inside = (
    <>
      {busy ? <span class="btn-spin" aria-hidden="true" /> : icon && <Icon name={icon} size={22} />}
      {children !== undefined && <span>{children}</span>}
    </>
  );
  if (props.href !== undefined)
    return (
      <a class={looks} href={props.href} aria-label={label} onClick={props.onClick}>
        {inside}
      </a>
    );
  return (
    <button
      class={looks}
      type={props.type ?? 'button'}
      disabled={props.disabled === true || busy}
      aria-busy={busy ? 'true' : undefined}
      aria-label={label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      {inside}
    </button>
  );
}
