/** A picture that fits its stage and can be enlarged in it; enlarged it is moved by scrolling, also with the arrows. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { isDouble, type Point, pinched, scrolledTo, type Tap, tapped } from './zoom';

export interface ZoomStageProps {
  url: string;
  alt: string;
  /** 1: it fits. */
  scale: number;
  onScale: (scale: number) => void;
}

interface Pinch {
  readonly apart: number;
  readonly scale: number;
}

function fingers(touches: TouchList): { apart: number; middle: Point } | null {
  const [a, b] = [touches[0], touches[1]];
  if (!a || !b) return null;
  const middle = { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
  return { apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), middle };
}

/** Two fingers. The listener must be able to stop the browser's own scrolling, which Preact's cannot. */
function usePinch(
  stage: { readonly current: HTMLElement | null },
  onPinch: (scale: number, at: Point) => void,
  scale: number,
) {
  const now = useRef({ onPinch, scale });
  now.current = { onPinch, scale };
  useEffect(() => {
    const box = stage.current;
    let pinch: Pinch | null = null;
    const start = ({ touches }: TouchEvent) => {
      const two = fingers(touches);
      pinch = two && { apart: two.apart, scale: now.current.scale };
    };
    const move = (event: TouchEvent) => {
      const two = fingers(event.touches);
      if (!two || !pinch) return;
      event.preventDefault();
      now.current.onPinch(pinched(pinch.scale, pinch.apart, two.apart), two.middle);
    };
    box?.addEventListener('touchstart', start, { passive: true });
    box?.addEventListener('touchend', start, { passive: true });
    box?.addEventListener('touchmove', move, { passive: false });
    return () => {
      box?.removeEventListener('touchstart', start);
      box?.removeEventListener('touchend', start);
      box?.removeEventListener('touchmove', move);
    };
  }, [stage]);
}

/** Width in pixels at which a picture fits a stage, never more than its own. */
function fittedWidth(stage: HTMLElement, picture: HTMLImageElement): number {
  const { naturalWidth, naturalHeight } = picture;
  return naturalWidth * Math.min(1, stage.clientWidth / naturalWidth, stage.clientHeight / naturalHeight);
}

export function ZoomStage({ url, alt, scale, onScale }: ZoomStageProps) {
  const stage = useRef<HTMLElement>(null);
  const picture = useRef<HTMLImageElement>(null);
  const drawn = useRef(1);
  const focus = useRef<Point | null>(null);
  const lastTap = useRef<Tap | null>(null);
  useLayoutEffect(() => {
    const [box, image] = [stage.current, picture.current];
    if (!box || !image || scale === drawn.current) return;
    const edge = box.getBoundingClientRect();
    const at = focus.current ?? { x: edge.left + box.clientWidth / 2, y: edge.top + box.clientHeight / 2 };
    const { scrollLeft, scrollTop } = box;
    image.style.width = scale > 1 ? `${fittedWidth(box, image) * scale}px` : '';
    box.scrollTo({
      left: scrolledTo(scrollLeft, at.x - edge.left, drawn.current, scale),
      top: scrolledTo(scrollTop, at.y - edge.top, drawn.current, scale),
      behavior: 'instant',
    });
    drawn.current = scale;
    focus.current = null;
  }, [scale]);
  const to = (next: number, at: Point) => {
    focus.current = at;
    onScale(next);
  };
  usePinch(stage, to, scale);
  const tap = (event: MouseEvent) => {
    const here = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    const double = isDouble(lastTap.current, here);
    lastTap.current = double ? null : here;
    if (double) to(tapped(scale), here);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a double tap; the keyboard enlarges with plus and minus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: an enlarged picture is scrolled with the keyboard
    <section ref={stage} class="picbox-stage" tabIndex={0} aria-label={alt} onClick={tap}>
      <img ref={picture} src={url} alt={alt} class={scale > 1 ? 'picbox-large' : 'picbox-fitted'} />
    </section>
  );
}
