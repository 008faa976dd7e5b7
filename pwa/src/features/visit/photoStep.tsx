/** Photos: one tap opens the camera for a kind; the form is on disk before the camera takes the memory. */
import { useMemo } from 'preact/hooks';
import { pick, t } from '../../core/i18n';
import { holds } from '../../core/policy/expression';
import { Icon, type IconName } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { type Camera, openAfter, openCamera, waiting } from './camera';
import type { Controller } from './controller';
import { photosAtServer } from './draft';
import type { Step } from './model';
import { Pictures } from './photoCards';
import { MOST_PHOTOS, wantedKinds } from './photoRules';
import type { PhotoKind } from './types';

interface PhotoProps {
  readonly controller: Controller;
  readonly step: Step;
}

export function PhotoStep({ controller, step }: PhotoProps) {
  const { question } = step;
  const photos = controller.photos.value;
  const { facts } = controller.form.value;
  const most = question.max_count ?? MOST_PHOTOS;
  const camera = useMemo(() => openCamera(controller.addPhoto), [controller]);
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
      <Pictures controller={controller} camera={camera} question={question} />
      <Shots controller={controller} camera={camera} step={step} most={most} />
      <Underway camera={camera} />
    </fieldset>
  );
}

interface ShotsProps extends PhotoProps {
  readonly camera: Camera;
  readonly most: number;
}

/** One camera a kind, and the phone's album for several at once. */
function Shots({ controller, camera, step: { question }, most }: ShotsProps) {
  const photos = controller.photos.value;
  const room = most - photos.length;
  const full = room - waiting(camera.state.value) <= 0;
  const wanted = wantedKinds(controller.form.value.facts, photos);
  const take = (kind: PhotoKind) => (files: readonly File[]) => void camera.take(files, kind, room);
  return (
    <div class="visit-shots">
      {question.options?.map((option) => (
        <Shot
          key={option.id}
          label={pick(option.label)}
          note={wanted.includes(option.id as PhotoKind) ? t('visit.photo.wanted') : undefined}
          icon="camera"
          full={full}
          before={controller.beforeCamera}
          onFiles={take(option.id as PhotoKind)}
        />
      ))}
      <Shot
        label={t('visit.photo.album')}
        note={t('visit.photo.albumNote')}
        icon="list"
        full={full}
        before={controller.beforeCamera}
        onFiles={take('scene')}
      />
    </div>
  );
}

interface ShotProps {
  readonly label: string;
  readonly note?: string | undefined;
  readonly icon: IconName;
  readonly full: boolean;
  /** What to wait for before the camera opens: it may take the memory of this page. */
  readonly before: () => Promise<void> | null;
  readonly onFiles: (files: readonly File[]) => void;
}

/** With `capture` a phone opens its camera for one picture; without, its album for several. */
function Shot({ label, note, icon, full, before, onFiles }: ShotProps) {
  return (
    <label class="visit-shot">
      <Icon name={icon} />
      <span>{label}</span>
      {note && <small>{note}</small>}
      <input
        type="file"
        accept="image/*"
        {...(icon === 'camera' && { capture: 'environment' as const })}
        multiple
        disabled={full}
        onClick={(event) => openAfter(before(), event)}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}

/** How far several files are, and which of them are not in the form. */
function Underway({ camera }: { camera: Camera }) {
  const { total, done, left } = camera.state.value;
  const label = t('visit.photo.underway', { n: Math.min(done + 1, total), m: total });
  return (
    <div class="visit-underway" aria-live="polite">
      {done < total && <p class="small muted">{label}</p>}
      {done < total && total > 1 && <Progress value={done} max={total} label={label} />}
      {left.map(({ name, why }, at) => (
        <p key={`${name}-${at}`} class="field-error">
          <Icon name={why === 'again' ? 'info' : 'alert'} size={18} />
          {t(`visit.photo.left.${why}`, { name })}
        </p>
      ))}
    </div>
  );
}

/** How many photos of the form the server holds already, from the returned visit. */
function keptAtServer(controller: Controller): number {
  const { returned } = controller.opened.household;
  const { revises } = controller.opened.draft;
  const photos = controller.photos.value;
  if (returned === null || returned.visit_id !== revises) return 0;
  const held = new Set(photosAtServer(returned).map((photo) => photo.sha256));
  return photos.filter((photo) => held.has(photo.sha256)).length;
}
