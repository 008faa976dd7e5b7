/** The record of actions: who, a sentence, where and when. The same list on phones and desks, in columns where wide. */
import type { AuditEntry } from '../../core/api/auditTypes';
import type { Region } from '../../core/api/types';
import { showInstant } from '../../core/format';
import { hasText, t } from '../../core/i18n';
import { roleWord } from '../../record';
import { type AuditQuery, detailsOf, listHref, placeOf } from './model';

function sentence(entry: AuditEntry): string {
  const key = `audit.act.${entry.action}`;
  const words = hasText(key) ? t(key) : t('audit.other', { action: entry.action });
  const others =
    entry.actor_id !== null && entry.target_name !== null && entry.target_name !== entry.actor_name;
  return others ? t('audit.about.one', { words, name: entry.target_name ?? '' }) : words;
}

/** Who did it; whoever signs in is not signed in yet, and is whom the entry is about. */
function Who({ entry }: { entry: AuditEntry }) {
  const name = entry.actor_name ?? entry.target_name;
  if (name === null) return <b>{t('audit.system')}</b>;
  return (
    <>
      <b>{name}</b>
      {entry.actor_name !== null && <span class="muted"> {roleWord(entry.actor_role)}</span>}
    </>
  );
}

function targetWord(kind: string): string {
  const key = `audit.target.${kind}`;
  return t(hasText(key) ? key : 'audit.target.other');
}

function detailText(name: string, value: string): [string, string] {
  if (name === 'reason' && hasText(`audit.reason.${value}`))
    return [t('audit.reason'), t(`audit.reason.${value}`)];
  return [hasText(`audit.${name}`) ? t(`audit.${name}`) : name, value];
}

function More({ entry, query }: { entry: AuditEntry; query: AuditQuery }) {
  return (
    <details class="aud-more">
      <summary>{t('audit.details')}</summary>
      <dl>
        <div>
          <dt>{targetWord(entry.target_type)}</dt>
          <dd class="num">{entry.target_id}</dd>
        </div>
        {detailsOf(entry).map(([name, value]) => {
          const [label, text] = detailText(name, value);
          return (
            <div key={name}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          );
        })}
      </dl>
      <p class="aud-links">
        <span class="muted num">{t('audit.number', { n: entry.number })}</span>
        {entry.actor_id !== null && (
          <a href={listHref({ ...query, actor: entry.actor_id })}>{t('audit.byActor')}</a>
        )}
        <a href={listHref({ ...query, target: entry.target_id })}>{t('audit.byTarget')}</a>
      </p>
    </details>
  );
}

interface RowsProps {
  items: readonly AuditEntry[];
  regions: readonly Region[];
  query: AuditQuery;
}

export function Rows({ items, regions, query }: RowsProps) {
  return (
    <ol class="aud-rows" aria-label={t('audit.list')}>
      {items.map((entry) => (
        <li key={`${entry.chain} ${entry.number}`} class="aud-row">
          <time class="num aud-when" dateTime={entry.at}>
            {showInstant(entry.at)}
          </time>
          <p class="aud-what">
            <Who entry={entry} />
            <span class="aud-act">{sentence(entry)}</span>
          </p>
          <p class="muted aud-where">{placeOf(entry.region_code, regions)}</p>
          <More entry={entry} query={query} />
        </li>
      ))}
    </ol>
  );
}
