/** The photos of the form: looked at large, sorted, taken again, deleted with a way back, and what may be wrong. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { kindWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { listPhotos } from '../../core/photos';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { PictureBox } from '../../ui/pictureBox';
import { ZoomStage } from '../../ui/zoomStage';
import { type Camera, openAfter, waiting } from './camera';
import type { Controller } from './controller';
import type { PhotoKind, PhotoRef, Question } from './types';

/** How long a deleted photo can be brought back. */
const UNDO_MS = 8_000;

interface Deleted {
  readonly name: string;
  readonly undo: () => Promise<void>;
}

/** Asking once, deleting, and the way back for some seconds. */
function useDeleting(controller: Controller) {
  const [asked, setAsked] = useState<{ photo: PhotoRef; name: string } | null>(null);
  const [deleted, setDeleted] = useState<Deleted | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const remove = async () => {
    if (asked === null) return;
    setAsked(null);
    const undo = await controller.removePhoto(asked.photo.sha256);
    clearTimeout(timer.current);
    setDeleted({ name: asked.name, undo });
    timer.current = setTimeout(() => setDeleted(null), UNDO_MS);
  };
  const bringBack = async () => {
    clearTimeout(timer.current);
    const undo = deleted?.undo;
    setDeleted(null);
    await undo?.();
  };
  return { asked, ask: setAsked, remove, deleted, bringBack };
}

interface PicturesProps {
  readonly controller: Controller;
  readonly camera: Camera;
  readonly question: Question;
}

export function Pictures({ controller, camera, question }: PicturesProps) {
  const { id } = controller.opened.draft;
  const photos = controller.photos.value;
  const urls = usePictures(id, photos);
  const deleting = useDeleting(controller);
  const [large, setLarge] = useState<string | null>(null);
  const busy = waiting(camera.state.value);
  const nameOf = (photo: PhotoRef, at: number) =>
    t('visit.photo.name', { kind: kindWord(photo.kind), n: at + 1 });
  return (
    <>
      {photos.length + busy > 0 && (
        <ul class="visit-pics">
          {photos.map((photo, at) => (
            <Card
              key={photo.sha256}
              photo={photo}
              name={nameOf(photo, at)}
              url={urls.get(photo.sha256)}
              question={question}
              onOpen={() => setLarge(photo.sha256)}
              onRetake={(file) => void camera.retake(file, photo.kind, photo.sha256)}
              onSort={(kind) => void controller.sortPhoto(photo.sha256, kind)}
              before={controller.beforeCamera}
              onDelete={() => deleting.ask({ photo, name: nameOf(photo, at) })}
            />
          ))}
          {Array.from({ length: busy }, (_, n) => (
            <li key={n} class="visit-pic">
              <i />
              <span class="small">{t('visit.photo.busy')}</span>
            </li>
          ))}
        </ul>
      )}
      <Undo deleted={deleting.deleted} onUndo={() => void deleting.bringBack()} />
      <Confirm
        name={deleting.asked?.name ?? null}
        onClose={() => deleting.ask(null)}
        onDelete={() => void deleting.remove()}
      />
      {large !== null && (
        <Large photos={photos} urls={urls} start={large} nameOf={nameOf} onClose={() => setLarge(null)} />
      )}
    </>
  );
}

interface CardProps {
  readonly photo: PhotoRef;
  readonly name: string;
  readonly url: string | undefined;
  readonly question: Question;
  readonly onOpen: () => void;
  readonly onRetake: (file: File) => void;
  readonly onSort: (kind: PhotoKind) => void;
  readonly onDelete: () => void;
  /** What to wait for before the camera opens. */
  readonly before: () => Promise<void> | null;
}

function Card({ photo, name, url, question, onOpen, onRetake, onSort, onDelete, before }: CardProps) {
  return (
    <li class="visit-pic">
      {url ? (
        <button
          type="button"
          class="visit-pic-open"
          aria-label={t('visit.photo.open', { name })}
          onClick={onOpen}
        >
          <img src={url} alt={name} />
        </button>
      ) : (
        <i role="img" aria-label={name} />
      )}
      <select
        class="visit-pic-kind"
        aria-label={t('visit.photo.kind', { name })}
        value={photo.kind}
        onChange={(event) => onSort(event.currentTarget.value as PhotoKind)}
      >
        {question.options?.map((option) => (
          <option key={option.id} value={option.id}>
            {pick(option.label)}
          </option>
        ))}
      </select>
      {photo.quality?.hints.map((hint) => (
        <p key={hint} class="visit-pic-hint" role="status">
          <Icon name="alert" size={18} />
          {t(`visit.photo.hint.${hint}`)}
        </p>
      ))}
      <div class="visit-pic-acts">
        <label class="visit-more">
          {t('visit.photo.retake')}
          <input
            type="file"
            accept="image/*"
            capture="environment"
            aria-label={`${t('visit.photo.retake')} ${name}`}
            onClick={(event) => openAfter(before(), event)}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              event.currentTarget.value = '';
              if (file) onRetake(file);
            }}
          />
        </label>
        <button
          type="button"
          class="visit-more"
          aria-label={`${t('visit.photo.remove')} ${name}`}
          onClick={onDelete}
        >
          {t('visit.photo.remove')}
        </button>
      </div>
    </li>
  );
}

interface ConfirmProps {
  readonly name: string | null;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

function Confirm({ name, onClose, onDelete }: ConfirmProps) {
  const actions = (
    <>
      <Button kind="quiet" block onClick={onClose}>
        {t('visit.photo.keep')}
      </Button>
      <Button kind="danger" block onClick={onDelete}>
        {t('visit.photo.remove')}
      </Button>
    </>
  );
  return (
    <Dialog
      open={name !== null}
      title={t('visit.photo.removeAsk', { name: name ?? '' })}
      onClose={onClose}
      actions={actions}
    >
      <p class="small muted">{t('visit.photo.removeNote')}</p>
    </Dialog>
  );
}

/** Where to bring the last deleted photo back. */
function Undo({ deleted, onUndo }: { deleted: Deleted | null; onUndo: () => void }) {
  return (
    <div class="visit-undo" aria-live="polite">
      {deleted && (
        <Banner
          icon="info"
          action={
            <Button kind="plain" onClick={onUndo}>
              {t('visit.photo.undo')}
            </Button>
          }
        >
          {t('visit.photo.removed', { name: deleted.name })}
        </Banner>
      )}
    </div>
  );
}

interface LargeProps {
  readonly photos: readonly PhotoRef[];
  readonly urls: ReadonlyMap<string, string>;
  readonly start: string;
  readonly nameOf: (photo: PhotoRef, at: number) => string;
  readonly onClose: () => void;
}

function Large({ photos, urls, start, nameOf, onClose }: LargeProps) {
  const here = photos.flatMap((photo, at) => {
    const url = urls.get(photo.sha256);
    return url === undefined ? [] : [{ url, name: nameOf(photo, at), sha256: photo.sha256 }];
  });
  return (
    <PictureBox
      captions={here.map((one) => one.name)}
      start={Math.max(
        0,
        here.findIndex((one) => one.sha256 === start),
      )}
      words={{
        zoomIn: t('visit.photo.zoomIn'),
        zoomOut: t('visit.photo.zoomOut'),
        close: t('visit.photo.close'),
        previous: t('visit.photo.previous'),
        next: t('visit.photo.next'),
        place: (n, m) => t('visit.photo.place', { n, m }),
      }}
      draw={({ index, ...zoom }) => {
        const one = here[index];
        return one ? <ZoomStage url={one.url} alt={one.name} {...zoom} /> : null;
      }}
      onClose={onClose}
    />
  );
}

/** Object URLs of the photos on this phone, given back when they leave the screen. */
function usePictures(visitId: string, photos: readonly PhotoRef[]): ReadonlyMap<string, string> {
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>(new Map());
  const names = photos.map((p) => p.sha256).join(' ');
  useEffect(() => {
    let made: string[] = [];
    let gone = false;
    if (names !== '')
      void listPhotos(visitId).then((stored) => {
        if (gone) return;
        const pairs = stored.flatMap((p) =>
          p.bytes && names.includes(p.sha256)
            ? [[p.sha256, URL.createObjectURL(new Blob([p.bytes], { type: 'image/jpeg' }))] as const]
            : [],
        );
        made = pairs.map(([, url]) => url);
        setUrls(new Map(pairs));
      });
    return () => {
      gone = true;
      for (const url of made) URL.revokeObjectURL(url);
    };
  }, [visitId, names]);
  return urls;
}
