/** Photos: one tap opens the camera for a kind; the form is on disk before the camera takes the memory. */
import { useEffect, useState } from 'preact/hooks';
import { kindWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { listPhotos } from '../../core/photos';
import { holds } from '../../core/policy/expression';
import { Icon } from '../../ui/icon';
import type { Controller } from './controller';
import { photosAtServer } from './draft';
import type { Step } from './model';
import { MOST_PHOTOS, wantedKinds } from './photoRules';
import type { PhotoKind, PhotoRef } from './types';

interface PhotoProps {
  readonly controller: Controller;
  readonly step: Step;
}

/** Taking and retaking, with what is under way and whether something failed. */
function useCamera(controller: Controller, most: number) {
  const [busy, setBusy] = useState(0);
  const [failed, setFailed] = useState(false);
  const room = most - controller.draft.value.photos.length - busy;
  const add = async (file: File, kind: PhotoKind): Promise<string | null> => {
    const sha256 = await controller.addPhoto(file, kind).catch(() => null);
    if (sha256 === null) setFailed(true);
    setBusy((n) => n - 1);
    return sha256;
  };
  const take = async (files: FileList | null, kind: PhotoKind) => {
    const chosen = [...(files ?? [])].slice(0, Math.max(0, room));
    setFailed(false);
    setBusy((n) => n + chosen.length);
    for (const file of chosen) await add(file, kind);
  };
  const retake = async (files: FileList | null, old: PhotoRef) => {
    const file = files?.[0];
    if (!file) return;
    setFailed(false);
    setBusy((n) => n + 1);
    const sha256 = await add(file, old.kind);
    if (sha256 !== null && sha256 !== old.sha256) await controller.removePhoto(old.sha256);
  };
  return { busy, failed, full: room <= 0, take, retake };
}

export function PhotoStep({ controller, step }: PhotoProps) {
  const { question } = step;
  const photos = controller.draft.value.photos;
  const { facts } = controller.form.value;
  const most = question.max_count ?? MOST_PHOTOS;
  const camera = useCamera(controller, most);
  const wanted = wantedKinds(facts, photos);
  const due = question.required_when !== undefined && holds(question.required_when, facts);
  const kept = keptAtServer(controller);
  return (
    <fieldset class="choice stack">
      <legend class="choice-legend">
        {pick(question.label)} {t('visit.photo.count', { n: photos.length, most })}
      </legend>
      {question.hint && <p class="field-hint">{pick(question.hint)}</p>}
      {due && photos.length === 0 && <p class="field-hint">{t('visit.photo.due')}</p>}
      {kept > 0 && <p class="field-hint">{t('visit.photo.before', { n: kept })}</p>}
      <Pictures controller={controller} photos={photos} busy={camera.busy} onRetake={camera.retake} />
      <div class="visit-shots">
        {question.options?.map((option) => (
          <Shot
            key={option.id}
            label={pick(option.label)}
            wanted={wanted.includes(option.id as PhotoKind)}
            full={camera.full}
            onOpen={() => void controller.flush().catch(() => undefined)}
            onFiles={(files) => void camera.take(files, option.id as PhotoKind)}
          />
        ))}
      </div>
      <p class="field-error" aria-live="polite">
        {camera.failed && <Icon name="alert" size={18} />}
        {camera.failed && t('visit.photo.failed')}
      </p>
    </fieldset>
  );
}

interface ShotProps {
  readonly label: string;
  readonly wanted: boolean;
  readonly full: boolean;
  /** Before the camera opens: it may take the memory of this page. */
  readonly onOpen: () => void;
  readonly onFiles: (files: FileList | null) => void;
}

function Shot({ label, wanted, full, onOpen, onFiles }: ShotProps) {
  return (
    <label class="visit-shot">
      <Icon name="camera" />
      <span>{label}</span>
      {wanted && <small>{t('visit.photo.wanted')}</small>}
      <input
        type="file"
        accept="image/*"
        capture="environment"
        multiple
        disabled={full}
        onClick={onOpen}
        onChange={(event) => {
          onFiles(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}

/** How many photos of the form the server holds already, from the returned visit. */
function keptAtServer(controller: Controller): number {
  const { returned } = controller.opened.household;
  const { revises, photos } = controller.draft.value;
  if (returned === null || returned.visit_id !== revises) return 0;
  const held = new Set(photosAtServer(returned).map((photo) => photo.sha256));
  return photos.filter((photo) => held.has(photo.sha256)).length;
}

interface PicturesProps {
  readonly controller: Controller;
  readonly photos: readonly PhotoRef[];
  readonly busy: number;
  readonly onRetake: (files: FileList | null, old: PhotoRef) => Promise<void>;
}

function Pictures({ controller, photos, busy, onRetake }: PicturesProps) {
  const urls = usePictures(controller.draft.value.id, photos);
  if (photos.length + busy === 0) return null;
  return (
    <ul class="visit-pics">
      {photos.map((photo, at) => {
        const name = t('visit.photo.name', { kind: kindWord(photo.kind), n: at + 1 });
        const url = urls.get(photo.sha256);
        return (
          <li key={photo.sha256} class="visit-pic">
            {url ? <img src={url} alt={name} /> : <i role="img" aria-label={name} />}
            <span class="small">{name}</span>
            <div class="visit-pic-acts">
              <label class="visit-more">
                {t('visit.photo.retake')}
                <input
                  type="file"
                  accept="image/*"
                  capture="environment"
                  aria-label={`${t('visit.photo.retake')} ${name}`}
                  onChange={(event) => void onRetake(event.currentTarget.files, photo)}
                />
              </label>
              <button
                type="button"
                class="visit-more"
                aria-label={`${t('visit.photo.remove')} ${name}`}
                onClick={() => void controller.removePhoto(photo.sha256)}
              >
                {t('visit.photo.remove')}
              </button>
            </div>
          </li>
        );
      })}
      {Array.from({ length: busy }, (_, n) => (
        <li key={n} class="visit-pic" role="status">
          <i />
          <span class="small">{t('visit.photo.busy')}</span>
        </li>
      ))}
    </ul>
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
