/** The sentence of the document a rule stands on, in front of the page. */
import { t } from '../core/i18n';
import { Button } from '../ui/button';
import { Sheet } from '../ui/dialog';

export interface Article {
  id: string;
  document: string;
  text: string;
  /** The rule pack it was read from; a clock's article has none. */
  pack?: string;
  packVersion?: string;
}

export function ArticleSheet({ article, onClose }: { article: Article | null; onClose: () => void }) {
  return (
    <Sheet
      open={article !== null}
      title={article ? t('record.article', { id: article.id }) : ''}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('record.close')}</Button>}
    >
      {article && (
        <figure class="rec-quote">
          <blockquote>{article.text}</blockquote>
          <figcaption>
            {article.document}
            {article.pack && (
              <span>{t('record.pack', { pack: article.pack, version: article.packVersion ?? '' })}</span>
            )}
          </figcaption>
        </figure>
      )}
    </Sheet>
  );
}
