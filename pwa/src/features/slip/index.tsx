/** The household's own copy of a saved visit, made on this phone without a network. Route `#/slip/<visit>`. */
import './slip.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { VisitBody } from '../../core/api/types';
import { householdById } from '../../core/assignments';
import { checklist } from '../../core/checklists';
import { showDay } from '../../core/format';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { outboxItems } from '../../core/outbox';
import { loadBody } from '../../core/outbox/rows';
import { user } from '../../core/session';
import { texts as zhRecord } from '../../i18n/zh-CN/record';
import { texts as zh } from '../../i18n/zh-CN/slip';
import { type Checklist, readChecklist } from '../../record/checklist';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/progress';
import { Segments } from '../../ui/segments';
import { EmptyState } from '../../ui/states';
import { countOf, type Slip, type SlipPart, slipOf } from './model';
import { type Paper, pageRule, usePage } from './paper';
import { Qr } from './qr';

registerTexts({ zh: zhRecord, en: () => import('../../i18n/en/record') });
registerTexts({ zh, en: () => import('../../i18n/en/slip') });

type Loaded = { body: VisitBody; definition: Checklist } | 'missing' | null;

async function load(visitId: string): Promise<Loaded> {
  const body = await loadBody<VisitBody>(visitId);
  if (!body) return 'missing';
  return { body, definition: readChecklist(await checklist(body.checklist_version)) };
}

export function SlipPage({ visitId }: { visitId: string }) {
  const [loaded, setLoaded] = useState<Loaded>(null);
  const [paper, setPaper] = useState<Paper>('a5');
  useEffect(() => {
    let gone = false;
    load(visitId).then(
      (found) => !gone && setLoaded(found),
      () => !gone && setLoaded('missing'),
    );
    return () => {
      gone = true;
    };
  }, [visitId]);
  const item = outboxItems.value.find((one) => one.visitId === visitId);
  const bar = <AppBar title={t('slip.title')} back={{ label: t('app.back'), onClick: () => back('#/') }} />;
  if (loaded === null || loaded === 'missing' || !item)
    return (
      <Page bar={bar}>
        {loaded === null ? (
          <Skeleton lines={5} label={t('slip.opening')} />
        ) : (
          <EmptyState icon="list" title={t('slip.missing')} text={t('slip.missingText')} />
        )}
      </Page>
    );
  const household = householdById(item.householdId);
  const slip = slipOf(loaded.body, loaded.definition, {
    household,
    headName: item.headName || household?.head_name || '',
    author: user.value?.display_name ?? '',
    receipt: item.receipt,
  });
  return (
    <Page bar={bar} foot={<Button onClick={() => print()}>{t('slip.print')}</Button>}>
      <div class="slip-paper">
        <Segments
          label={t('slip.size')}
          controls="slip-sheet"
          value={paper}
          items={(['a5', 'roll'] as const).map((id) => ({ id, label: t(`slip.size.${id}`) }))}
          onChange={(id) => setPaper(id as Paper)}
        />
      </div>
      <div id="slip-sheet" role="tabpanel" aria-label={t(`slip.size.${paper}`)}>
        <Sheet slip={slip} paper={paper} />
      </div>
    </Page>
  );
}

function Part({ part }: { part: SlipPart }) {
  return (
    <section>
      <h3>{part.who === null ? part.title : `${part.title} · ${part.who}`}</h3>
      <dl>
        {part.lines.map((line) => (
          <div key={line.question}>
            <dt>{line.question}</dt>
            <dd>{line.answer}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Sheet({ slip, paper }: { slip: Slip; paper: Paper }) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => usePage(pageRule(paper, box.current?.scrollHeight ?? 0)), [paper, slip]);
  const day = showDay(slip.day);
  const receipt = slip.receipt === null ? t('slip.noReceipt') : t('slip.receipt', { number: slip.receipt });
  const { head, place, author, photos } = slip;
  const summary = t('slip.qr.text', { head, place, day, author, photos, n: countOf(slip), receipt });
  const beside = [photos > 0 && t('slip.photos', { n: photos }), slip.located && t('slip.located')].filter(
    Boolean,
  );
  return (
    <article ref={box} class={`slip slip-${paper}`} aria-label={t('slip.heading')}>
      <header>
        <div>
          <h2>{t('slip.heading')}</h2>
          <p>
            <b>{t('slip.of', { head })}</b> {place}
          </p>
          <p>{t('slip.visit', { day, time: slip.time, author })}</p>
          <p class="num">{receipt}</p>
        </div>
        <figure>
          <Qr text={summary} label={t('slip.qr')} />
          <figcaption>{t('slip.qr')}</figcaption>
        </figure>
      </header>
      <h2>{t('slip.recorded')}</h2>
      {slip.refused && <p>{t('slip.refusedText')}</p>}
      <div class="slip-parts">
        {!slip.refused && slip.parts.map((part) => <Part key={`${part.title}/${part.who}`} part={part} />)}
      </div>
      {slip.notes.length > 0 && (
        <p>
          {t('slip.notes')}：{slip.notes.join('；')}
        </p>
      )}
      {beside.length > 0 && <p>{beside.join('，')}</p>}
      {slip.unseen > 0 && <p>{t('slip.unseen', { n: slip.unseen })}</p>}
      <h2>{t('slip.next')}</h2>
      <p>{t('slip.nextText')}</p>
      <h2>{t('slip.object')}</h2>
      <p>{t('slip.objectText')}</p>
      <p class="slip-small">{t('slip.noNumbers')}</p>
    </article>
  );
}
