/** One photo as large as the screen; arrows turn, plus and minus zoom, Esc closes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PhotoInfo } from '../core/api/types';
import { t } from '../core/i18n';
import { Icon } from '../ui/icon';
import { photoCaption, usePhoto } from './photo';

/** Fitted, then one and a half, two and three times the screen's width (classes rec-zoom-0 to -3). */
const ZOOM_STEPS = 4;

export interface LightboxProps {
  photos: readonly PhotoInfo[];
  /** Id of the photo to begin with. */
  start: string;
  onClose: () => void;
}

/** The index after a step, staying inside the list. */
export function stepped(index: number, step: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index + step));
}

function Full({ photo, zoom }: { photo: PhotoInfo; zoom: number }) {
  const picture = usePhoto(photo.id, 'full');
  if (!picture) return <p class="rec-box-words">{t('record.photoLoading')}</p>;
  if ('error' in picture)
    return (
      <p class="rec-box-words" role="alert">
        {picture.error}
      </p>
    );
  return <img src={picture.url} alt={photoCaption(photo)} class={`rec-zoom-${zoom}`} />;
}

function Tool(props: {
  label: string;
  icon: 'close' | 'plus' | 'minus' | 'back' | 'next';
  off?: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      class="rec-tool"
      aria-label={props.label}
      disabled={props.off === true}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

export function Lightbox({ photos, start, onClose }: LightboxProps) {
  const box = useRef<HTMLDialogElement>(null);
  const [index, setIndex] = useState(() =>
    Math.max(
      0,
      photos.findIndex((one) => one.id === start),
    ),
  );
  const [zoom, setZoom] = useState(0);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const turn = (step: number) => {
    setIndex((now) => stepped(now, step, photos.length));
    setZoom(0);
  };
  const scale = (step: number) => setZoom((now) => stepped(now, step, ZOOM_STEPS));
  const keys: Record<string, () => void> = {
    ArrowRight: () => turn(1),
    ArrowLeft: () => turn(-1),
    '+': () => scale(1),
    '=': () => scale(1),
    '-': () => scale(-1),
    Escape: onClose,
  };
  const photo = photos[index];
  if (!photo) return null;
  return (
    <dialog
      ref={box}
      class="rec-box"
      aria-label={photoCaption(photo)}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || (zoom > 0 && event.key.startsWith('Arrow'))) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      }}
    >
      <div class="rec-box-bar">
        <span aria-live="polite">
          {photoCaption(photo)}
          <span class="num nowrap"> {t('record.nOfM', { n: index + 1, m: photos.length })}</span>
        </span>
        <Tool icon="minus" label={t('record.zoomOut')} off={zoom === 0} onClick={() => scale(-1)} />
        <Tool icon="plus" label={t('record.zoomIn')} off={zoom === ZOOM_STEPS - 1} onClick={() => scale(1)} />
        <Tool icon="close" label={t('record.close')} onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a zoomed photo is scrolled with the keyboard */}
      <section class="rec-box-stage" tabIndex={0} aria-label={photoCaption(photo)}>
        <Full key={photo.id} photo={photo} zoom={zoom} />
      </section>
      {photos.length > 1 && (
        <div class="rec-box-bar rec-box-turn">
          <Tool icon="back" label={t('record.previousPhoto')} off={index === 0} onClick={() => turn(-1)} />
          <Tool
            icon="next"
            label={t('record.nextPhoto')}
            off={index === photos.length - 1}
            onClick={() => turn(1)}
          />
        </div>
      )}
    </dialog>
  );
}
