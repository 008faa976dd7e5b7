/** Photos of a visit: large, with the state of each in words. Bytes come with the token, as blobs. */
import './photos.css';
import { useState } from 'preact/hooks';
import type { PhotoInfo } from '../core/api/types';
import { kindWord } from '../core/format';
import { t } from '../core/i18n';
import { online } from '../core/network';
import { Icon } from '../ui/icon';
import { Tag } from '../ui/tag';
import { Lightbox } from './lightbox';
import { photoCaption, photoFacts, photoStateText, usePhoto } from './photo';

function Thumb({ photo, onOpen }: { photo: PhotoInfo; onOpen: () => void }) {
  const [attempt, setAttempt] = useState(0);
  const picture = usePhoto(photo.id, 'thumb', attempt);
  const caption = photoCaption(photo);
  if (picture && 'error' in picture)
    return (
      <button type="button" class="rec-photo rec-photo-words" onClick={() => setAttempt(attempt + 1)}>
        <Icon name="refresh" />
        <span>
          {online.value ? t('record.photoFailed', { error: picture.error }) : t('record.photoOnline')}
        </span>
      </button>
    );
  return (
    <button type="button" class="rec-photo" aria-label={t('record.openPhoto', { caption })} onClick={onOpen}>
      {picture ? <img src={picture.url} alt="" /> : <span class="rec-photo-wait" aria-hidden="true" />}
      <span class="rec-photo-caption" aria-hidden="true">
        {caption}
      </span>
    </button>
  );
}

/** What the phone and the picture's own file say; hints to look twice, no verdict. */
function Facts({ photo }: { photo: PhotoInfo }) {
  const { hints, lines } = photoFacts(photo);
  if (hints.length + lines.length === 0) return null;
  return (
    <div class="rec-photo-facts">
      {hints.map((hint) => (
        <Tag key={hint}>{hint}</Tag>
      ))}
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}

function Waiting({ photo }: { photo: PhotoInfo }) {
  return (
    <div class="rec-photo rec-photo-words">
      <Icon name={photo.state === 'refused' ? 'alert' : photo.state === 'expected' ? 'upload' : 'clock'} />
      <span>
        <b>{kindWord(photo.kind)}</b> · {photoStateText(photo)}
      </span>
    </div>
  );
}

export function Photos({ photos }: { photos: readonly PhotoInfo[] }) {
  const [open, setOpen] = useState<string | null>(null);
  const ready = photos.filter((photo) => photo.state === 'ready');
  if (photos.length === 0) return <p class="rec-note">{t('record.noPhotos')}</p>;
  return (
    <>
      <ul class="rec-plain rec-photos">
        {photos.map((photo) => (
          <li key={photo.id}>
            {photo.state === 'ready' ? (
              <Thumb photo={photo} onOpen={() => setOpen(photo.id)} />
            ) : (
              <Waiting photo={photo} />
            )}
            <Facts photo={photo} />
          </li>
        ))}
      </ul>
      {open !== null && <Lightbox photos={ready} start={open} onClose={() => setOpen(null)} />}
    </>
  );
}
