/** What a screen shows instead of content: nothing there, or something went wrong. */
import type { ComponentChildren } from 'preact';
import { Button } from './button';
import { Icon, type IconName } from './icon';

export interface EmptyStateProps {
  icon?: IconName | undefined;
  title: string;
  text?: string | undefined;
  action?: ComponentChildren;
}

export function EmptyState({ icon = 'lamp', title, text, action }: EmptyStateProps) {
  return (
    <div class="state">
      <Icon name={icon} size={40} />
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {action}
    </div>
  );
}

export interface ErrorStateProps {
  title: string;
  text?: string | undefined;
  retry?: { label: string; onClick: () => void; busy?: boolean | undefined } | undefined;
  action?: ComponentChildren;
}

export function ErrorState({ title, text, retry, action }: ErrorStateProps) {
  return (
    <div class="state" role="alert">
      <Icon name="alert" size={40} />
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {retry && (
        <Button kind="quiet" icon="refresh" busy={retry.busy} onClick={retry.onClick}>
          {retry.label}
        </Button>
      )}
      {action}
    </div>
  );
}
