/** How a picture is enlarged: by steps, by two fingers, by a double tap. Pure. */

/** Times the size at which the picture fits its stage. */
export const ZOOM_STEPS = [1, 1.5, 2, 3, 4] as const;
const LARGEST = 4;
/** What a double tap enlarges to. */
const TAPPED = 2;
const TAP_MS = 350;
const TAP_PX = 40;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Tap extends Point {
  /** Milliseconds, of any clock. */
  readonly at: number;
}

function within(scale: number): number {
  return Math.min(LARGEST, Math.max(1, scale));
}

/** The next step up (1) or down (-1) from any scale, staying inside the steps. */
export function zoomed(scale: number, step: 1 | -1): number {
  const next =
    step > 0
      ? ZOOM_STEPS.find((one) => one > scale + 0.01)
      : [...ZOOM_STEPS].reverse().find((one) => one < scale - 0.01);
  return next ?? within(scale);
}

/** The scale once two fingers that began `from` pixels apart are `to` apart. */
export function pinched(scale: number, from: number, to: number): number {
  return from > 0 ? within((scale * to) / from) : within(scale);
}

/** What a double tap makes of a scale: enlarged, or fitted again. */
export function tapped(scale: number): number {
  return scale > 1.01 ? 1 : TAPPED;
}

/** Whether two taps are one double tap. */
export function isDouble(first: Tap | null, second: Tap): boolean {
  return (
    first !== null &&
    second.at - first.at <= TAP_MS &&
    Math.hypot(second.x - first.x, second.y - first.y) <= TAP_PX
  );
}

/** How far a stage has to be scrolled so that what was under `focus` (pixels from its edge) stays there. */
export function scrolledTo(scroll: number, focus: number, from: number, to: number): number {
  return Math.max(0, ((scroll + focus) * to) / from - focus);
}

/** The index after a step, staying inside the list. */
export function stepped(index: number, step: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index + step));
}
