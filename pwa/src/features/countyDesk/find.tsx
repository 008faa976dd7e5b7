/** Finding any household of the county by name, pinyin, number or the end of an identity number. */
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { FoundHousehold } from '../../core/api/deskTypes';
import { categoryWord, showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { errorHelp } from '../../record';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/progress';
import { EmptyState, ErrorState } from '../../ui/states';
import { Below } from './frame';
import { storyHref } from './model';
import { typed } from './searchWords';

interface Result {
  items: readonly FoundHousehold[];
  more: boolean;
}

const REST_MS = 250;

interface Looking {
  result: Result | null;
  error: unknown;
  busy: boolean;
}

const IDLE: Looking = { result: null, error: null, busy: false };

/** Asks once somebody rests; only the last answer counts. */
function useSearch(q: string, round: number): Looking {
  const [state, setState] = useState<Looking>(IDLE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks the same again
  useEffect(() => {
    if (q === '') {
      setState(IDLE);
      return undefined;
    }
    let gone = false;
    setState((before) => ({ ...before, busy: true, error: null }));
    const timer = setTimeout(() => {
      call(api.GET('/households/search', { params: { query: { q } } })).then(
        (result) => !gone && setState({ result, error: null, busy: false }),
        (error: unknown) => !gone && setState({ result: null, error, busy: false }),
      );
    }, REST_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [q, round]);
  return state;
}

const lastWords = ({ last_visited_at: at }: FoundHousehold): string =>
  at === null ? t('desk.neverVisited') : t('desk.lastVisited', { when: showInstant(at) });

function Rows({ result }: { result: Result }) {
  return (
    <>
      <p class="muted small" role="status">
        {t(result.more ? 'desk.foundMore' : 'desk.foundN', { n: result.items.length })}
      </p>
      <ul class="rows" aria-label={t('desk.found')}>
        {result.items.map((one) => (
          <li key={one.id} class="row">
            <a class="row-link desk-found" href={storyHref(one.id)}>
              <span class="row-who">
                <b>{one.head_name}</b>
                <small>{[one.township, one.village, one.natural_village].filter(Boolean).join(' · ')}</small>
                <small class="num nowrap">{one.number}</small>
                <small class="num">
                  {categoryWord(one.category)} · {lastWords(one)}
                </small>
              </span>
              <Icon name="next" size={20} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Found({ q, looking, again }: { q: string; looking: Looking; again: () => void }) {
  const { result, error, busy } = looking;
  if (q === '') return <EmptyState icon="search" title={t('desk.findTitle')} text={t('desk.findText')} />;
  if (error !== null)
    return (
      <ErrorState
        title={t('desk.notRead')}
        text={errorHelp(error)}
        retry={{ label: t('app.retry'), onClick: again }}
      />
    );
  if (result === null) return busy ? <Skeleton label={t('desk.loading')} lines={4} /> : null;
  if (result.items.length === 0)
    return <EmptyState icon="search" title={t('desk.foundNone')} text={t('desk.foundNoneText')} />;
  return <Rows result={result} />;
}

export function FindScreen() {
  const [round, setRound] = useState(0);
  const q = typed.value.trim();
  const looking = useSearch(q, round);
  return (
    <Below title={t('desk.find')} home="#/cases">
      <div class="stack desk-column">
        <Field
          type="search"
          label={t('desk.findLabel')}
          hint={t('desk.findHint')}
          value={typed.value}
          maxLength={40}
          onInput={(text) => {
            typed.value = text;
          }}
        />
        <Found q={q} looking={looking} again={() => setRound(round + 1)} />
      </div>
    </Below>
  );
}
