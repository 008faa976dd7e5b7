/** One photo: its bytes (fetched with the token, as a blob) and what is said about it. */
import { useEffect, useState } from 'preact/hooks';
import { photoUrl } from '../core/api/client';
import { errorText } from '../core/api/problem';
import type { PhotoInfo } from '../core/api/types';
import { kindWord, showInstant } from '../core/format';
import { hasText, t } from '../core/i18n';

type Picture = { url: string } | { error: string } | null;

/** A photo as an object URL, given back to the browser when it is no longer shown. */
export function usePhoto(id: string, size: 'thumb' | 'full', attempt = 0): Picture {
  const [picture, setPicture] = useState<Picture>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt loads the same photo again
  useEffect(() => {
    let url: string | null = null;
    let gone = false;
    setPicture(null);
    photoUrl(id, size).then(
      (made) => {
        if (gone) return URL.revokeObjectURL(made);
        url = made;
        return setPicture({ url: made });
      },
      (error: unknown) => {
        if (!gone) setPicture({ error: errorText(error) });
      },
    );
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [id, size, attempt]);
  return picture;
}

/** "结算单 · 10:40". */
export function photoCaption(photo: PhotoInfo): string {
  return photo.taken_at ? `${kindWord(photo.kind)} · ${showInstant(photo.taken_at)}` : kindWord(photo.kind);
}

/** Why a photo cannot be seen yet, in words. */
export function photoStateText(photo: PhotoInfo): string {
  if (photo.state !== 'refused') return t(`record.photo.${photo.state}`);
  const code = `record.photoReason.${photo.reason ?? ''}`;
  return t('record.photo.refused', { reason: hasText(code) ? t(code) : (photo.reason ?? '') });
}

/** The visitor's hints and what the file said of itself, in words; nothing where nobody asked. */
export function photoFacts(photo: PhotoInfo): { hints: string[]; lines: string[] } {
  const hints = (photo.quality?.hints ?? []).map((hint) => t(`record.photoHint.${hint}`));
  const { exif_time: time, exif_position: place } = photo;
  const lines = [
    ...(time ? [t('record.exifTime', { time: time.replace('T', ' ').slice(0, 16) })] : []),
    ...(place ? [t('record.exifPlace', { lat: place.lat, lon: place.lon })] : []),
    ...(photo.original_sha256 ? [t('record.original', { start: photo.original_sha256.slice(0, 12) })] : []),
  ];
  return { hints, lines };
}
