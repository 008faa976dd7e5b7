/** Finds out where the phone is. The browser's question about it only ever follows a tap. */
import { here, looking } from './here';

/** A fix of more metres does not tell one end of the village from the other. */
const COARSE_M = 300;
const FRESH_MS = 120_000;
const PATIENCE_MS = 20_000;

async function permission(): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state;
  } catch {
    return 'prompt'; // who cannot tell may ask: it would be a surprise
  }
}

function locate(): void {
  looking.value = 'looking';
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const exact = coords.accuracy <= COARSE_M;
      if (exact) here.value = { lat: coords.latitude.toFixed(5), lon: coords.longitude.toFixed(5) };
      looking.value = exact ? 'found' : 'off';
    },
    () => {
      looking.value = 'off';
    },
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
  );
}

/** Looks where the phone is, if it may; `tapped`: the person wants it and may be asked. */
export async function lookAround(tapped: boolean): Promise<void> {
  if (!('geolocation' in navigator)) return;
  const state = await permission();
  if (state === 'granted' || (tapped && state === 'prompt')) locate();
  else looking.value = state === 'prompt' ? 'ask' : 'off';
}
