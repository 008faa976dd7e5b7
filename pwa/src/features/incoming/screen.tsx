/** What waits for a decision beside visits: corrections of the register, and records the server holds. */
import './incoming.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { back } from '../../core/nav';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { LoadMore } from '../../ui/loadMore';
import { Skeleton } from '../../ui/progress';
import { Segments } from '../../ui/segments';
import { EmptyState, ErrorState } from '../../ui/states';
import { HeldCard, ProposalCard } from './cards';
import { type Asked, Deciding } from './deciding';
import type { Side } from './model';
import { incoming, moreOf, openSide, type Pile, side } from './store';

const SIDES: readonly Side[] = ['open', 'decided'];

interface GroupProps<T> {
  name: 'proposals' | 'held';
  pile: Pile<T>;
  children: (item: T) => ComponentChildren;
}

/** One pile with its heading, what failed while more was read, and the rest on demand. */
function Group<T>({ name, pile, children }: GroupProps<T>) {
  if (pile.items.length === 0 && pile.error === null) return null;
  return (
    <section class="stack">
      <h2 class="group">
        <span>{t(`incoming.group.${name}`)}</span>
        <span class="num">{t('incoming.count', { n: pile.items.length })}</span>
      </h2>
      {pile.error !== null && (
        <Banner
          icon="alert"
          role="alert"
          action={
            <Button kind="quiet" onClick={() => void openSide(side.value)}>
              {t('incoming.retry')}
            </Button>
          }
        >
          {errorHelp(pile.error)}
        </Banner>
      )}
      <ul class="stack">{pile.items.map(children)}</ul>
      <LoadMore
        label={t('incoming.more')}
        more={pile.next !== null}
        busy={pile.loading}
        block
        onMore={() => void moreOf(name)}
      />
    </section>
  );
}

function Content({ ask }: { ask: (asked: Asked) => void }) {
  const { proposals, held } = incoming.value;
  const nothingKnown = !proposals.known && !held.known;
  if (nothingKnown && proposals.error !== null && held.error !== null)
    return (
      <ErrorState
        title={t('incoming.notRead')}
        text={errorHelp(proposals.error)}
        retry={{ label: t('incoming.retry'), onClick: () => void openSide(side.value) }}
      />
    );
  if (nothingKnown && (proposals.loading || held.loading))
    return <Skeleton label={t('incoming.loading')} lines={4} />;
  const empty = proposals.items.length + held.items.length === 0;
  if (empty && proposals.error === null && held.error === null)
    return (
      <EmptyState
        icon="check"
        title={t(`incoming.empty.${side.value}`)}
        text={t(`incoming.emptyText.${side.value}`)}
      />
    );
  return (
    <>
      <Group name="held" pile={held}>
        {(item) => <HeldCard key={item.id} held={item} ask={ask} />}
      </Group>
      <Group name="proposals" pile={proposals}>
        {(item) => <ProposalCard key={item.id} proposal={item} ask={ask} />}
      </Group>
    </>
  );
}

export function IncomingScreen() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState('');
  const person = user.value?.id;
  useEffect(() => {
    if (person !== undefined) void openSide('open');
  }, [person]);
  // The card that had the focus is gone: reading goes on with what is left.
  useEffect(() => {
    if (done) document.getElementById('incoming-list')?.focus();
  }, [done]);
  const { proposals, held } = incoming.value;
  const open = proposals.known && held.known ? proposals.items.length + held.items.length : undefined;
  const more = proposals.next !== null || held.next !== null;
  const bar = (
    <AppBar
      title={t('incoming.title')}
      subtitle={t('incoming.subtitle')}
      back={{ label: t('app.back'), onClick: () => back() }}
      actions={
        <Button
          kind="plain"
          icon="refresh"
          label={t('incoming.refresh')}
          busy={proposals.loading || held.loading}
          onClick={() => void openSide(side.value)}
        />
      }
    />
  );
  return (
    <Page bar={bar}>
      {!online.value && (
        <Banner icon="offline" role="status">
          {t('incoming.offline')}
        </Banner>
      )}
      <Segments
        label={t('incoming.sides')}
        controls="incoming-list"
        value={side.value}
        items={SIDES.map((one) => ({
          id: one,
          label: t(`incoming.side.${one}`),
          count: one === side.value && !more ? open : undefined,
        }))}
        onChange={(id) => void openSide(id as Side)}
      />
      <div
        class="stack inc-list"
        id="incoming-list"
        role="tabpanel"
        tabIndex={-1}
        aria-label={t(`incoming.side.${side.value}`)}
      >
        <Content ask={setAsked} />
      </div>
      <p class="visually-hidden" role="status">
        {done}
      </p>
      <Deciding
        asked={asked}
        onClose={() => setAsked(null)}
        onDone={(one) => {
          setAsked(null);
          setDone(t(`incoming.${one.kind}.${one.yes ? 'yes' : 'no'}.done`, { name: one.name }));
        }}
      />
    </Page>
  );
}
