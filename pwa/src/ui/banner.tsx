/** A line of notice that stays until its cause is gone. */
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

export interface BannerProps {
  tone?: 'plain' | 'accent' | 'red' | 'amber' | 'green' | undefined;
  icon?: IconName | undefined;
  /** `alert` interrupts a screen reader, `status` waits. */
  role?: 'alert' | 'status' | undefined;
  action?: ComponentChildren;
  children: ComponentChildren;
}

export function Banner({ tone = 'plain', icon, role, action, children }: BannerProps) {
  return (
    <div class={`banner banner-${tone}`} role={role}>
      {icon && <Icon name={icon} size={20} />}
      <div class="banner-text">{children}</div>
      {action}
    </div>
  );
}
