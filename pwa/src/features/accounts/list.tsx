/** The people of an area: search, filters, and a line each. */
import { useEffect, useState } from 'preact/hooks';
import type { Account, AccountPage } from '../../core/api/accountTypes';
import { api, call } from '../../core/api/client';
import type { Role } from '../../core/api/types';
import { showAgo } from '../../core/format';
import { t } from '../../core/i18n';
import { go, place } from '../../core/nav';
import { joined, type Reading, useReading } from '../../core/reading';
import { user } from '../../core/session';
import { errorHelp, roleWord } from '../../record';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Field } from '../../ui/field';
import { LoadMore } from '../../ui/loadMore';
import { useWide } from '../../ui/media';
import { Select } from '../../ui/select';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Desk, Read } from './frame';
import { type ListQuery, listHref, NO_FILTER, ROLES, readQuery, STATES, standingOf, toFilter } from './model';

const PAGE = 50;
const TYPING_MS = 300;

function readPage(query: ListQuery, search: string, cursor: string | null): Promise<AccountPage> {
  const at = cursor === null ? {} : { cursor };
  return call(api.GET('/users', { params: { query: { ...toFilter(query, search), limit: PAGE, ...at } } }));
}

const use = (query: ListQuery): void => go(listHref(query), { replace: true });

/** What was typed, once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface FiltersProps {
  query: ListQuery;
  typed: string;
  onType: (text: string) => void;
  counts: AccountPage['counts'] | undefined;
}

function Filters({ query, typed, onType, counts }: FiltersProps) {
  const roles = ROLES.filter((role) => counts?.roles[role] !== undefined);
  const all = counts ? counts.active + counts.disabled : undefined;
  return (
    <search class="acc-filters">
      <div class="acc-find">
        <Field
          label={t('accounts.search')}
          hideLabel
          type="search"
          placeholder={t('accounts.search')}
          value={typed}
          maxLength={40}
          onInput={onType}
        />
        <Select
          label={t('accounts.field.role')}
          anyWord={t('accounts.anyRole')}
          value={query.role}
          options={roles.map((role) => ({ id: role, label: `${roleWord(role)} ${counts?.roles[role]}` }))}
          onChange={(role) => use({ ...query, role: role as Role | '' })}
        />
      </div>
      <Chips
        label={t('accounts.byState')}
        value={query.state}
        items={[
          { id: '', label: t('accounts.state.all'), count: all },
          ...STATES.map((state) => ({
            id: state,
            label: t(`accounts.state.${state}`),
            count: counts?.[state],
          })),
        ]}
        onChange={(state) => use({ ...query, state: state as ListQuery['state'] })}
      />
    </search>
  );
}

export function Standing({ account }: { account: Account }) {
  const standing = standingOf(account);
  if (standing === 'active') return <span class="muted">{t('accounts.state.active')}</span>;
  return <Tag tone={standing === 'disabled' ? 'strong' : 'accent'}>{t(`accounts.state.${standing}`)}</Tag>;
}

/** The place without what everybody here has in common. */
export function placeText(account: { place: readonly string[] }): string {
  const own = user.value?.region.path.length ?? 0;
  return account.place.slice(Math.min(own, account.place.length - 1)).join(' › ') || t('accounts.nowhere');
}

function contactText(account: Account): string {
  return account.last_contact_at === null ? t('accounts.never') : showAgo(account.last_contact_at);
}

const COLUMNS = ['person', 'role', 'place', 'contact', 'state'] as const;

function Table({ items }: { items: readonly Account[] }) {
  return (
    <table class="acc-table">
      <caption class="visually-hidden">{t('accounts.list')}</caption>
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <th key={name} scope="col" class={`acc-col-${name}`}>
              {t(`accounts.column.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <a href={`#/accounts/p/${one.id}`}>{one.display_name}</a>
              <small>{one.username}</small>
            </th>
            <td>
              {roleWord(one.role)}
              {one.department && <small>{one.department}</small>}
            </td>
            <td>{placeText(one)}</td>
            <td class="num">{contactText(one)}</td>
            <td>
              <Standing account={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rows({ items }: { items: readonly Account[] }) {
  return (
    <ul class="rows" aria-label={t('accounts.list')}>
      {items.map((one) => (
        <li key={one.id} class="acc-line">
          <a class="row-link" href={`#/accounts/p/${one.id}`}>
            <span class="row-who">
              <b>{one.display_name}</b>
              <small>{[roleWord(one.role), placeText(one)].join(' · ')}</small>
              <small>{[one.username, contactText(one)].join(' · ')}</small>
            </span>
            {standingOf(one) !== 'active' && <Standing account={one} />}
          </a>
        </li>
      ))}
    </ul>
  );
}

interface ListProps {
  page: AccountPage;
  query: ListQuery;
  search: string;
  put: Reading<AccountPage>['put'];
  onAll: () => void;
}

function More({ page, query, search, put }: Omit<ListProps, 'onAll'>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const more = async () => {
    setBusy(true);
    setError(null);
    try {
      const next = await readPage(query, search, page.next);
      put({ ...page, next: next.next, items: joined(page.items, next.items, (one) => one.id) });
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <LoadMore
      label={t('accounts.more')}
      loaded={t('accounts.loaded', { n: page.items.length })}
      more={page.next !== null}
      busy={busy}
      error={error}
      say={errorHelp}
      onMore={() => void more()}
    />
  );
}

function Found(props: ListProps) {
  const wide = useWide();
  const { page, query, search } = props;
  if (page.items.length > 0)
    return (
      <>
        {wide ? <Table items={page.items} /> : <Rows items={page.items} />}
        <More {...props} />
      </>
    );
  if (listHref(query) === listHref(NO_FILTER) && search.trim() === '')
    return <EmptyState icon="users" title={t('accounts.empty')} text={t('accounts.emptyText')} />;
  return (
    <EmptyState
      icon="search"
      title={t('accounts.noMatch')}
      action={
        <Button kind="quiet" onClick={props.onAll}>
          {t('accounts.showAll')}
        </Button>
      }
    />
  );
}

function Actions({ page }: { page: AccountPage | null }) {
  if (!page || page.creatable.length === 0) return null;
  return (
    <div class="acc-actions">
      <Button kind="quiet" icon="upload" href="#/accounts/import">
        {t('accounts.import')}
      </Button>
      <Button icon="plus" href="#/accounts/new">
        {t('accounts.new')}
      </Button>
    </div>
  );
}

export function ListScreen() {
  const query = readQuery(place.value.query);
  const [typed, setTyped] = useState('');
  const search = useSettled(typed);
  const key = `accounts ${user.value?.id} ${listHref(query)} ${search.trim()}`;
  const reading = useReading(key, () => readPage(query, search, null));
  const [kept, setKept] = useState<AccountPage | null>(null);
  useEffect(() => {
    if (reading.data) setKept(reading.data);
  }, [reading.data]);
  const all = () => {
    setTyped('');
    use(NO_FILTER);
  };
  return (
    <Desk part="people" subtitle={t('accounts.about')}>
      <Actions page={kept} />
      <Filters query={query} typed={typed} onType={setTyped} counts={kept?.counts} />
      <Read reading={reading}>
        {(page) => <Found page={page} query={query} search={search} put={reading.put} onAll={all} />}
      </Read>
    </Desk>
  );
}
