/** The end of a list that is read page by page: how much is here, what went wrong, and the next page. */
import './loadMore.css';
import { errorText } from '../core/api/problem';
import { Button } from './button';

export interface LoadMoreProps {
  label: string;
  /** How much is here, of how much. */
  loaded?: string | undefined;
  /** Whether there is a next page. */
  more: boolean;
  busy?: boolean | undefined;
  /** What went wrong when it was asked for; null while nothing did. */
  error?: unknown;
  /** Its words, where the usual ones do not do. */
  say?: ((error: unknown) => string) | undefined;
  /** A button as wide as the list. */
  block?: boolean | undefined;
  onMore: () => void;
}

export function LoadMore(props: LoadMoreProps) {
  const { label, loaded, more, busy, error = null, say = errorText, block, onMore } = props;
  if (!more && loaded === undefined && error === null) return null;
  return (
    <div class="load-more">
      {loaded !== undefined && <p class="muted small num">{loaded}</p>}
      {error !== null && <p role="alert">{say(error)}</p>}
      {more && (
        <Button kind="quiet" block={block} busy={busy} onClick={onMore}>
          {label}
        </Button>
      )}
    </div>
  );
}
