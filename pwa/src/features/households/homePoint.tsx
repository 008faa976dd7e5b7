/** The point of the house: taken where one stands, because nobody types degrees. */
import { useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';

/** A fix of more metres would put the house on the neighbour's field. */
const EXACT_M = 50;
const PATIENCE_MS = 30_000;

type Point = { lat: string; lon: string };
type State = 'idle' | 'looking' | 'refused' | 'inexact' | 'failed';

interface Props {
  known: boolean;
  /** Whether another point was taken just now. */
  chosen: boolean;
  /** null takes the choice back. */
  onChoose: (home: Point | null) => void;
}

function lookUp(onFix: (point: Point) => void, onState: (state: State) => void): void {
  const { geolocation } = navigator;
  onState(geolocation ? 'looking' : 'failed');
  geolocation?.getCurrentPosition(
    ({ coords }) => {
      const exact = coords.accuracy <= EXACT_M;
      onState(exact ? 'idle' : 'inexact');
      if (exact) onFix({ lat: coords.latitude.toFixed(5), lon: coords.longitude.toFixed(5) });
    },
    (error) => onState(error.code === error.PERMISSION_DENIED ? 'refused' : 'failed'),
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 },
  );
}

export function HomePoint({ known, chosen, onChoose }: Props) {
  const [state, setState] = useState<State>('idle');
  const words = chosen ? 'taken' : known ? 'known' : 'unknown';
  return (
    <div class="hh-edit-home">
      <p>
        <b class="field-label">{t('edit.home')}</b>
        <br />
        <span class="muted" role="status">
          {t(state === 'idle' ? `edit.home.${words}` : `edit.home.${state}`)}
        </span>
      </p>
      {chosen ? (
        <Button kind="quiet" onClick={() => onChoose(null)}>
          {t('edit.home.undo')}
        </Button>
      ) : (
        <Button kind="quiet" icon="pin" busy={state === 'looking'} onClick={() => lookUp(onChoose, setState)}>
          {t('edit.home.take')}
        </Button>
      )}
    </div>
  );
}
