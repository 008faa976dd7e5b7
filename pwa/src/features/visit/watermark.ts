/** The lines at the bottom of a picture: white on a dark band, so that they can be read on snow and at night. */
import type { Size } from './shrink';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const FONT = 'system-ui, "PingFang SC", "HarmonyOS Sans SC", MiSans, "Noto Sans CJK SC", sans-serif';
/** Of the shorter side: about 11 px where the picture fills a phone's width. */
const SHARE = 0.03;
const SMALLEST_PX = 11;
const LEADING = 1.35;
/** Over pure white the band is a grey of 84: white on it has a contrast of 7. */
const BAND = 'rgb(0 0 0 / 67%)';

/** Lines broken where they would be wider than `most`; `widthOf` measures a text. Pure. */
export function wrapped(lines: readonly string[], most: number, widthOf: (text: string) => number): string[] {
  return lines.flatMap((line) => {
    const rows = [''];
    for (const sign of line) {
      const row = rows.at(-1) ?? '';
      if (row !== '' && widthOf(row + sign) > most) rows.push(sign.trimStart());
      else rows[rows.length - 1] = row + sign;
    }
    return rows.filter((row) => row !== '');
  });
}

/** Size of the letters on a picture, pixels. */
export function letterPx({ width, height }: Size): number {
  return Math.max(SMALLEST_PX, Math.round(Math.min(width, height) * SHARE));
}

/** Draws the lines over the lower edge of a picture that is already on the canvas. */
export function drawWatermark(context: Context, size: Size, lines: readonly string[]): void {
  const px = letterPx(size);
  const margin = Math.round(px * 0.7);
  context.font = `600 ${px}px ${FONT}`;
  context.textBaseline = 'top';
  const rows = wrapped(lines, size.width - 2 * margin, (text) => context.measureText(text).width);
  const leading = Math.round(px * LEADING);
  const top = size.height - rows.length * leading - 2 * margin;
  context.fillStyle = BAND;
  context.fillRect(0, top, size.width, size.height - top);
  context.fillStyle = '#fff';
  rows.forEach((row, n) => {
    context.fillText(row, margin, top + margin + n * leading);
  });
}
