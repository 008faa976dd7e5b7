/** Notices that nobody uses the app any more. */
import { monotonic, now } from '../core/clock';

/** Without a touch or a key for so long, the app locks, on the screen or hidden. */
export const IDLE_MS = 5 * 60_000;
const LOOK_MS = 5_000;
const SIGNS = ['pointerdown', 'keydown', 'input', 'wheel', 'scroll'] as const;

interface Moment {
  wall: number;
  steady: number;
}

const moment = (): Moment => ({ wall: now(), steady: monotonic() });

/**
 * Whether five minutes passed between two moments, by either clock: the steady one stops while some phones sleep, the
 * other can be set. One that was set back tells nothing.
 */
export function isIdle(last: Moment, at: Moment): boolean {
  return Math.max(at.wall - last.wall, at.steady - last.steady) >= IDLE_MS;
}

/** Calls back whenever the app was not used for five minutes; looked at now and then, and as soon as it is shown again. */
export function watchIdle(idle: () => void): void {
  let last = moment();
  const look = () => {
    if (isIdle(last, moment())) idle();
  };
  for (const sign of SIGNS)
    addEventListener(
      sign,
      () => {
        look();
        last = moment();
      },
      { capture: true, passive: true },
    );
  document.addEventListener('visibilitychange', look);
  setInterval(look, LOOK_MS);
}
