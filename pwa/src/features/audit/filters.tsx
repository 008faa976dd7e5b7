/** What the record of actions is searched for; every choice is in the address. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { Field } from '../../ui/field';
import { useMedia } from '../../ui/media';
import { Select } from '../../ui/select';
import { type AuditQuery, GROUPS, type Group, listHref } from './model';

const TYPING_MS = 350;

interface QueryProps {
  query: AuditQuery;
}

export function use(query: AuditQuery): void {
  go(listHref(query), { replace: true });
}

/** Looks once the typing pauses. */
function Find({ query }: QueryProps) {
  const [typed, setTyped] = useState(query.q);
  const asked = useRef(query.q);
  if (asked.current !== query.q) {
    asked.current = query.q; // another address: the way back, or all filters taken off
    setTyped(query.q);
  }
  useEffect(() => {
    if (typed.trim() === query.q) return undefined;
    const timer = setTimeout(() => {
      asked.current = typed.trim();
      use({ ...query, q: typed.trim() });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, query]);
  return <Field label={t('audit.find')} type="search" value={typed} maxLength={40} onInput={setTyped} />;
}

function Kinds({ query }: QueryProps) {
  return (
    <>
      <Select
        label={t('audit.kind')}
        anyWord={t('audit.kindAny')}
        value={query.group}
        options={Object.keys(GROUPS).map((id) => ({ id, label: t(`audit.group.${id}`) }))}
        onChange={(group) => use({ ...query, group: group as Group | '' })}
      />
      <Field
        label={t('audit.since')}
        type="date"
        value={query.since}
        max={query.until || undefined}
        onInput={(since) => use({ ...query, since })}
      />
      <Field
        label={t('audit.until')}
        type="date"
        value={query.until}
        min={query.since || undefined}
        onInput={(until) => use({ ...query, until })}
      />
    </>
  );
}

/** On phones all but the search is folded into one line that says how many filters are on. */
export function Filters({ query }: QueryProps) {
  const wide = useMedia('(min-width: 900px)');
  const on = [query.group, query.since, query.until].filter((value) => value !== '').length;
  return (
    <search class="aud-filters" aria-label={t('audit.filters')}>
      <Find query={query} />
      {wide ? (
        <Kinds query={query} />
      ) : (
        <details class="card aud-fold" open={on > 0}>
          <summary>{on > 0 ? t('audit.filtersOn', { n: on }) : t('audit.filters')}</summary>
          <div class="aud-kinds">
            <Kinds query={query} />
          </div>
        </details>
      )}
    </search>
  );
}
