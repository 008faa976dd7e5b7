/** What was found at a household before: the last visit with its lights and their articles, and the visits so far. */
import { useState } from 'preact/hooks';
import type { Household, LitLight, PastVisit } from '../../core/api/types';
import { severityWord, showInstant, stateWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { arrived, type OutboxItem, refused, savedVisits } from '../../core/outbox';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Sheet } from '../../ui/dialog';
import { Light } from '../../ui/light';
import { Tag } from '../../ui/tag';

interface Sentence {
  id: string;
  document: string;
  text: string;
}

/** The sentence of an article, by the county's rules on this phone; null where they do not hold it. */
async function sentenceOf(id: string): Promise<Sentence | null> {
  const { policy } = await import('../../core/policy/store');
  const pack = await policy();
  const found = pack.articles[id];
  return found ? { id, document: pack.documents[found[0]] ?? '', text: found[1] } : null;
}

type Shown = { id: string; sentence: Sentence | null | 'reading' };

function ArticleSheet({ shown, onClose }: { shown: Shown | null; onClose: () => void }) {
  const sentence = shown?.sentence;
  return (
    <Sheet
      open={shown !== null}
      title={shown ? t('household.article', { id: shown.id }) : ''}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('household.close')}</Button>}
    >
      {sentence === 'reading' && <p class="muted">{t('app.loading')}</p>}
      {sentence === null && <p class="muted">{t('household.noArticle')}</p>}
      {sentence && sentence !== 'reading' && (
        <figure>
          <blockquote lang="zh-CN">{sentence.text}</blockquote>
          <figcaption class="muted small" lang="zh-CN">
            {sentence.document}
          </figcaption>
        </figure>
      )}
    </Sheet>
  );
}

function Lights({ lights }: { lights: readonly LitLight[] }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const open = (id: string) => {
    setShown({ id, sentence: 'reading' });
    const settle = (sentence: Sentence | null) =>
      setShown((now) => (now?.id === id ? { id, sentence } : now));
    sentenceOf(id).then(settle, () => settle(null));
  };
  if (lights.length === 0) return <p class="muted">{t('household.noLights')}</p>;
  return (
    <>
      <ul class="stack">
        {lights.map((light) => (
          <li key={light.rule}>
            <Light severity={light.severity} word={severityWord(light.severity)} title={pick(light.label)}>
              <div class="hh-articles">
                {light.articles.map((id) => (
                  <Button key={id} kind="plain" onClick={() => open(id)}>
                    {t('household.article', { id })}
                  </Button>
                ))}
              </div>
            </Light>
          </li>
        ))}
      </ul>
      <ArticleSheet shown={shown} onClose={() => setShown(null)} />
    </>
  );
}

/** When somebody was here last, and what is lit since. */
export function LastVisit({ household }: { household: Household }) {
  const visit = household.last_visit;
  return (
    <Card title={t('household.lastVisit')}>
      {visit ? (
        <div class="stack">
          <div class="inline">
            <span>{showInstant(visit.visited_at)}</span>
            {visit.lights === undefined && (
              <Light compact severity={visit.severity} word={severityWord(visit.severity)} />
            )}
            <Tag tone={visit.state === 'approved' ? 'green' : 'plain'}>{stateWord(visit.state)}</Tag>
          </div>
          {visit.lights && <Lights lights={visit.lights} />}
        </div>
      ) : (
        <p class="muted">{t('household.neverVisited')}</p>
      )}
    </Card>
  );
}

/** Visits saved here that the list of the server does not have yet. */
function onlyHere(household: Household): OutboxItem[] {
  const known = new Set(household.history?.map(({ id }) => id));
  return savedVisits.value.filter(
    (item) =>
      item.householdId === household.id &&
      item.correctedBy === null &&
      !refused(item.state) &&
      !known.has(item.visitId),
  );
}

function HereRow({ item }: { item: OutboxItem }) {
  return (
    <li class="hh-member">
      <p class="inline">
        <span>{showInstant(item.savedAt)}</span>
        <Tag tone={arrived(item.state) ? 'green' : 'plain'}>
          {t(arrived(item.state) ? 'row.done' : 'row.waiting')}
        </Tag>
      </p>
      <SlipLink visitId={item.visitId} />
    </li>
  );
}

/** The household's own copy, for visits whose text is still on this phone. */
function SlipLink({ visitId }: { visitId: string }) {
  const item = savedVisits.value.find((one) => one.visitId === visitId);
  if (!item || item.state === 'pruned' || refused(item.state)) return null;
  return <a href={`#/slip/${visitId}`}>{t('household.slip')}</a>;
}

function PastRow({ visit }: { visit: PastVisit }) {
  const revision = visit.revision > 1 ? ` · ${t('household.revision', { n: visit.revision - 1 })}` : '';
  return (
    <li class="hh-member">
      <p class="inline">
        <span>{showInstant(visit.visited_at)}</span>
        <Light compact severity={visit.severity} word={severityWord(visit.severity)} />
      </p>
      <p class="muted">
        {visit.author_name} · {stateWord(visit.state)}
        {revision}
      </p>
      <SlipLink visitId={visit.id} />
    </li>
  );
}

/** All that this phone knows of past visits, without asking anybody. */
export function History({ household }: { household: Household }) {
  const here = onlyHere(household);
  const past = household.history ?? [];
  return (
    <Card title={t('household.history')}>
      {here.length + past.length === 0 ? (
        <p class="muted">{t(household.history ? 'household.noHistory' : 'household.historyOffline')}</p>
      ) : (
        <ul>
          {here.map((item) => (
            <HereRow key={item.visitId} item={item} />
          ))}
          {past.map((visit) => (
            <PastRow key={visit.id} visit={visit} />
          ))}
        </ul>
      )}
    </Card>
  );
}
