/** Where a number or a rule comes from: the articles with their sentences, and the pack. */
import { useState } from 'preact/hooks';
import type { Citation } from '../../core/api/policyTypes';
import { locale, t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Sheet } from '../../ui/dialog';
import { Icon } from '../../ui/icon';

/** The sentences themselves, for places with room. */
export function Quotes({ articles }: { articles: readonly Citation[] }) {
  return (
    <>
      {articles.map((article) => (
        <figure key={article.id} class="pol-quote">
          <blockquote>{article.text}</blockquote>
          <figcaption>
            {article.document} <span class="pol-code">{article.id}</span>
          </figcaption>
        </figure>
      ))}
    </>
  );
}

/** How the makers read the text; the packs carry it in English only. */
export function Note({ text }: { text: string }) {
  if (locale.value !== 'en' || text === '') return null;
  return <p class="muted small">{text}</p>;
}

/** One button that opens the sentences. */
export function Sources({ articles, label }: { articles: readonly Citation[]; label: string }) {
  const [open, setOpen] = useState(false);
  if (articles.length === 0) return null;
  return (
    <>
      <button type="button" class="pol-source" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="info" size={18} />
        {t('policy.sources', { n: articles.length })}
      </button>
      <Sheet
        open={open}
        title={label}
        onClose={() => setOpen(false)}
        actions={<Button onClick={() => setOpen(false)}>{t('policy.close')}</Button>}
      >
        <Quotes articles={articles} />
      </Sheet>
    </>
  );
}
