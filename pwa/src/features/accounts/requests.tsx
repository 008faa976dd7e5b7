/** What somebody asked for: decided here by whoever may, followed by whoever asked. */
import { useState } from 'preact/hooks';
import type { AccountRequest, Done, RequestPage } from '../../core/api/accountTypes';
import { api, call } from '../../core/api/client';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { joined, type Reading, useReading } from '../../core/reading';
import { user } from '../../core/session';
import { errorHelp, roleWord } from '../../record';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { LoadMore } from '../../ui/loadMore';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import * as acts from './acts';
import { Desk, Read, Trouble } from './frame';
import { type GivenPassword, OneTimeDialog } from './oneTime';
import { useAct } from './useAct';

type Side = 'open' | 'decided';
const COMMENT_MAX = 200;

interface Deciding {
  request: AccountRequest;
  decision: 'done' | 'declined';
}

function kindText(one: AccountRequest): string {
  if (one.kind === 'revoke') return t(`accounts.request.revoke.${one.order === 'kill' ? 'kill' : 'drain'}`);
  return t(`accounts.request.kind.${one.kind}`);
}

function Decided({ one }: { one: AccountRequest }) {
  if (one.state === 'open') return null;
  return (
    <p class="small">
      <Tag tone={one.state === 'done' ? 'green' : 'plain'}>{t(`accounts.request.state.${one.state}`)}</Tag>{' '}
      {t('accounts.request.by', { who: one.decided_by ?? '', when: showInstant(one.decided_at ?? 0) })}
      {one.comment && ` · ${one.comment}`}
    </p>
  );
}

function Item({ one, onDecide }: { one: AccountRequest; onDecide: (deciding: Deciding) => void }) {
  const { about } = one;
  const who = [roleWord(about.role), about.username ?? '', about.place.join(' › ')].filter(Boolean);
  return (
    <li class="acc-request card">
      <p class="acc-request-head">
        <b>{kindText(one)}</b>
        <small class="num">{showInstant(one.asked_at)}</small>
      </p>
      <p>
        {one.user_id === null ? (
          about.display_name
        ) : (
          <a class="acc-link" href={`#/accounts/p/${one.user_id}`}>
            {about.display_name}
          </a>
        )}
      </p>
      <p class="muted small">{who.join(' · ')}</p>
      <p class="small">
        {t('accounts.request.asked', { who: one.asked_by })}
        {one.reason && `：${one.reason}`}
      </p>
      <Decided one={one} />
      {one.may_decide && (
        <div class="acc-request-acts">
          <Button kind="quiet" onClick={() => onDecide({ request: one, decision: 'declined' })}>
            {t('accounts.request.decline')}
          </Button>
          <Button onClick={() => onDecide({ request: one, decision: 'done' })}>
            {t(`accounts.request.do.${one.kind}`)}
          </Button>
        </div>
      )}
      {one.state === 'open' && !one.may_decide && <p class="muted small">{t('accounts.request.waiting')}</p>}
    </li>
  );
}

interface DecideProps {
  deciding: Deciding;
  onClose: () => void;
  onDone: (outcome: Done) => void;
}

function DecideDialog({ deciding, onClose, onDone }: DecideProps) {
  const { request, decision } = deciding;
  const [comment, setComment] = useState('');
  const act = useAct(
    (op_id) => acts.decide(request.id, { op_id, decision, comment: comment.trim() }),
    onDone,
  );
  const verb = decision === 'done' ? t(`accounts.request.do.${request.kind}`) : t('accounts.request.decline');
  return (
    <Sheet
      open
      title={`${kindText(request)} · ${request.about.display_name}`}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('accounts.cancel')}
          </Button>
          <Button busy={act.busy} onClick={act.run}>
            {verb}
          </Button>
        </>
      }
    >
      <p>{t(decision === 'done' ? 'accounts.request.doText' : 'accounts.request.declineText')}</p>
      <Field
        label={t('accounts.request.comment')}
        value={comment}
        maxLength={COMMENT_MAX}
        onInput={setComment}
      />
      <Trouble error={act.error} />
    </Sheet>
  );
}

const readPage = (state: Side, cursor: string | null): Promise<RequestPage> =>
  call(
    api.GET('/account-requests', { params: { query: { state, ...(cursor === null ? {} : { cursor }) } } }),
  );

function List({
  page,
  side,
  put,
  onDecide,
}: {
  page: RequestPage;
  side: Side;
  put: Reading<RequestPage>['put'];
  onDecide: (deciding: Deciding) => void;
}) {
  const more = useAct(
    () => readPage(side, page.next),
    (next) => put({ next: next.next, items: joined(page.items, next.items, (one) => one.id) }),
  );
  if (page.items.length === 0) return <EmptyState icon="check" title={t(`accounts.request.none.${side}`)} />;
  return (
    <>
      <ul class="acc-requests">
        {page.items.map((one) => (
          <Item key={one.id} one={one} onDecide={onDecide} />
        ))}
      </ul>
      <LoadMore
        label={t('accounts.more')}
        more={page.next !== null}
        busy={more.busy}
        error={more.error}
        say={errorHelp}
        onMore={more.run}
      />
    </>
  );
}

function passwordOf({ user: account, password }: Done): GivenPassword | null {
  if (account?.one_time_until == null) return null;
  const { display_name: name, username, one_time_until: until } = account;
  return { name, username, password, until };
}

export function RequestsScreen() {
  const [side, setSide] = useState<Side>('open');
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const [given, setGiven] = useState<GivenPassword | null>(null);
  const reading = useReading(`accounts/requests/${user.value?.id}/${side}`, () => readPage(side, null));
  const done = (outcome: Done) => {
    const hands = deciding?.decision === 'done' && ['create', 'reset'].includes(deciding.request.kind);
    setGiven(hands ? passwordOf(outcome) : null);
    setDeciding(null);
    reading.reload();
  };
  return (
    <Desk part="requests" subtitle={t('accounts.request.about')}>
      <Chips
        label={t('accounts.part.requests')}
        value={side}
        items={(['open', 'decided'] as const).map((id) => ({ id, label: t(`accounts.request.side.${id}`) }))}
        onChange={(id) => setSide(id as Side)}
      />
      <Read reading={reading}>
        {(page) => <List page={page} side={side} put={reading.put} onDecide={setDeciding} />}
      </Read>
      {deciding && <DecideDialog deciding={deciding} onClose={() => setDeciding(null)} onDone={done} />}
      {given && <OneTimeDialog given={given} onClose={() => setGiven(null)} />}
    </Desk>
  );
}
