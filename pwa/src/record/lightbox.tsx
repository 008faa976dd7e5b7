/** One photo of a visit as large as the screen. */
import type { PhotoInfo } from '../core/api/types';
import { t } from '../core/i18n';
import { PictureBox, type PictureProps } from '../ui/pictureBox';
import { ZoomStage } from '../ui/zoomStage';
import { photoCaption, usePhoto } from './photo';

export interface LightboxProps {
  photos: readonly PhotoInfo[];
  /** Id of the photo to begin with. */
  start: string;
  onClose: () => void;
}

function Full({ photo, scale, onScale }: { photo: PhotoInfo } & Omit<PictureProps, 'index'>) {
  const picture = usePhoto(photo.id, 'full');
  if (!picture) return <p class="picbox-words">{t('record.photoLoading')}</p>;
  if ('error' in picture)
    return (
      <p class="picbox-words" role="alert">
        {picture.error}
      </p>
    );
  return <ZoomStage url={picture.url} alt={photoCaption(photo)} scale={scale} onScale={onScale} />;
}

export function Lightbox({ photos, start, onClose }: LightboxProps) {
  const at = photos.findIndex((one) => one.id === start);
  return (
    <PictureBox
      captions={photos.map(photoCaption)}
      start={Math.max(0, at)}
      words={{
        zoomIn: t('record.zoomIn'),
        zoomOut: t('record.zoomOut'),
        close: t('record.close'),
        previous: t('record.previousPhoto'),
        next: t('record.nextPhoto'),
        place: (n, m) => t('record.nOfM', { n, m }),
      }}
      draw={({ index, ...zoom }) => {
        const photo = photos[index];
        return photo ? <Full photo={photo} {...zoom} /> : null;
      }}
      onClose={onClose}
    />
  );
}
