/** Top of a screen: where you are, and the honest line under it. Also the page frame and its bottom place. */
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

export interface AppBarProps {
  title: ComponentChildren;
  /** Beside the title, lighter, e.g. "第 7 / 13 问". */
  note?: ComponentChildren;
  subtitle?: ComponentChildren;
  /** Shows a back arrow; `label` is read out. */
  back?: { label: string; onClick: () => void } | undefined;
  actions?: ComponentChildren;
  /** Drawn along the lower edge, e.g. a Progress. */
  children?: ComponentChildren;
}

export function AppBar({ title, note, subtitle, back, actions, children }: AppBarProps) {
  return (
    <header class="appbar">
      <div class="appbar-line">
        {back && (
          <button type="button" class="appbar-back" aria-label={back.label} onClick={back.onClick}>
            <Icon name="back" />
          </button>
        )}
        <div class="appbar-words">
          <h1>
            {title}
            {note && <span class="appbar-note">{note}</span>}
          </h1>
          {subtitle && <div class="appbar-sub">{subtitle}</div>}
        </div>
        {actions}
      </div>
      {children}
    </header>
  );
}

export interface PageProps {
  bar: ComponentChildren;
  /** Fixed to the lower edge above the tabs: the main button lives here. */
  foot?: ComponentChildren;
  /** Wider column for desks. */
  wide?: boolean | undefined;
  children: ComponentChildren;
}

/** A screen: bar, middle, foot. On phones the middle scrolls between the two, on desks the document does. */
export function Page({ bar, foot, wide, children }: PageProps) {
  return (
    <div class={`page${wide ? ' page-wide' : ''}${foot ? ' page-foot' : ''}`}>
      {bar}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard when nothing in it takes focus */}
      <main class="page-main" id="main" tabIndex={0}>
        {children}
      </main>
      {foot && <footer class="foot">{foot}</footer>}
    </div>
  );
}

export interface Tab {
  href: string;
  label: string;
  icon: IconName;
  /** A number to draw beside the label; 0 draws nothing. */
  count?: number | undefined;
  current: boolean;
}

export function TabBar({ tabs, label }: { tabs: readonly Tab[]; label: string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.href} href={tab.href} aria-current={tab.current ? 'page' : undefined}>
          <Icon name={tab.icon} />
          <span>
            {tab.label}
            {tab.count ? <b class="tabs-count">{tab.count}</b> : null}
          </span>
        </a>
      ))}
    </nav>
  );
}
