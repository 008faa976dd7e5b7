/** The record of actions: who, a sentence, where and when. The same list on phones and desks, in columns where wide. */
import type { AuditEntry } from '../../core/api/auditTypes';
import type { Region, Severity } from '../../core/api/types';
import { severityWord } from '../../core/format';
import { hasText, t } from '../../core/i18n';
import { riskWord, roleWord } from '../../record';
import { Icon } from '../../ui/icon';
import { type AuditQuery, detailsOf, exactTime, listHref, placeOf } from './model';

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

const FIELD_WORDS = ['record.fact.', 'incoming.field.household.', 'incoming.field.member.'];

function fieldWord(field: string): string {
  const key = FIELD_WORDS.map((start) => start + field).find(hasText);
  return key ? t(key) : field;
}

const WORDS: Record<string, (value: string) => string> = {
  role: roleWord,
  level: roleWord,
  cause: riskWord,
  severity: (value) => severityWord(value as Severity),
  fields: fieldWord,
};

const textOr = (key: string, other: string): string => (hasText(key) ? t(key) : other);

function valueText(name: string, value: string): string {
  const word = WORDS[name] ?? ((given: string) => textOr(`audit.is.${given}`, given));
  return word(value);
}

const detailText = (name: string, values: readonly string[]): [string, string] => [
  textOr(`audit.of.${name}`, name),
  values.map((value) => valueText(name, value)).join(t('audit.comma')),
];

function More({ entry, query }: { entry: AuditEntry; query: AuditQuery }) {
  return (
    <details class="aud-more">
      <summary>
        {t('audit.details')}
        <Icon name="next" size={18} />
      </summary>
      <dl>
        <div>
          <dt>{targetWord(entry.target_type)}</dt>
          <dd class="num">{entry.target_id}</dd>
        </div>
        {detailsOf(entry).map(([name, values]) => {
          const [label, text] = detailText(name, values);
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
            {exactTime(entry.at)}
          </time>
          <p class="aud-who">
            <Who entry={entry} />
          </p>
          <p class="aud-act">{sentence(entry)}</p>
          <p class="muted aud-where">{placeOf(entry.region_code, regions)}</p>
          <More entry={entry} query={query} />
        </li>
      ))}
    </ol>
  );
}
