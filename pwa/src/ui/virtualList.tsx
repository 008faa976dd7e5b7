/** A list of any length: only the rows on screen are drawn. Row heights are known, whatever box scrolls. */
import type { ComponentChildren, RefObject, VNode } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

export interface VirtualListProps<T> {
  items: readonly T[];
  /** Height of a row in pixels; rows are clipped to it. */
  heightOf: (item: T) => number;
  render: (item: T, index: number) => ComponentChildren;
  label: string;
}

/** Upper edges of all rows and the total height at the end. */
export function edges<T>(items: readonly T[], heightOf: (item: T) => number): number[] {
  const tops = new Array<number>(items.length + 1);
  let top = 0;
  items.forEach((item, i) => {
    tops[i] = top;
    top += heightOf(item);
  });
  tops[items.length] = top;
  return tops;
}

/** First row whose lower edge lies below `y`, by halving. */
export function rowAt(tops: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle + 1] ?? 0) <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows beyond the screen that are ready when a finger scrolls, and how finely scrolling is followed. */
const SPARE_PX = 400;
const STEP_PX = 100;
/** What a phone shows of a list above its keyboard: drawn first when other items come, as each key brings others. */
const FIRST_PX = 330;
/** New items get their spare rows once nobody types any more. */
const REST_MS = 250;

/** What of the list is on screen, in pixels of the list; the same object as long as it stays the same. */
interface View {
  top: number;
  height: number;
}

function seen(element: HTMLElement, before: View): View {
  const top = Math.max(0, Math.floor(-element.getBoundingClientRect().top / STEP_PX) * STEP_PX);
  const height = innerHeight + STEP_PX;
  return before.top === top && before.height === height ? before : { top, height };
}

/** Follows scrolling, and looks again when other items push the list up or down. */
function useView(box: RefObject<HTMLElement | null>, items: readonly unknown[]): View {
  const [view, setView] = useState<View>(() => ({ top: 0, height: innerHeight + STEP_PX }));
  const measure = useCallback(() => {
    const element = box.current;
    if (element) setView((before) => seen(element, before));
  }, [box]);
  const scrolled = useRef(false);
  scrolled.current = view.top !== 0;
  useLayoutEffect(() => {
    // Asking where the list is makes the browser lay out the page at once. At its top the answer is known.
    if (scrolled.current) measure();
  }, [measure, items]);
  useEffect(measure, [measure, items]);
  useEffect(() => {
    // Scrolling does not bubble but is captured: this hears the document and any box around the list.
    addEventListener('scroll', measure, { capture: true, passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure, { capture: true });
      removeEventListener('resize', measure);
    };
  }, [measure]);
  return view;
}

/** How much of new items is drawn: what is looked at, then the screen, then what lies around it. */
type Depth = 'first' | 'screen' | 'spare';

function useDepth(items: readonly unknown[]): Depth {
  const [reached, setReached] = useState<{ items: readonly unknown[]; depth: Depth } | null>(null);
  useLayoutEffect(() => {
    let screen: ReturnType<typeof setTimeout>;
    const reach = (depth: Depth) => () => setReached({ items, depth });
    // Preact's own effects do not wait for the paint of a slow phone: after 35 ms they run before it.
    const frame = requestAnimationFrame(() => {
      screen = setTimeout(reach('screen'));
    });
    const giveUp = () => {
      cancelAnimationFrame(frame);
      clearTimeout(screen);
    };
    const spare = setTimeout(() => {
      giveUp(); // a frame may take longer than this, and there is no way back to fewer rows
      reach('spare')();
    }, REST_MS);
    return () => {
      giveUp();
      clearTimeout(spare);
    };
  }, [items]);
  return reached?.items === items ? reached.depth : 'first';
}

/** First row to draw, and the one behind the last. */
function rangeOf(tops: readonly number[], view: View, depth: Depth): [number, number] {
  const spare = depth === 'spare' ? SPARE_PX : 0;
  const height = depth === 'first' ? FIRST_PX : view.height;
  return [
    rowAt(tops, view.top - spare),
    Math.min(tops.length - 1, rowAt(tops, view.top + height + spare) + 1),
  ];
}

/** Rows on the page by their index, and where each one's upper edge is. */
interface Drawn {
  rows: Map<number, VNode>;
  tops: readonly number[];
}

/** The lower rows of the list before stand for one frame more, as they were: a gap would flicker at each key. */
function leaveLower(before: Drawn, { rows, tops }: Drawn, last: number): void {
  for (const [index, row] of before.rows) {
    const below = (before.tops[index] ?? 0) >= (tops[last] ?? 0);
    if (index >= last && index < tops.length - 1 && below) rows.set(index, row);
  }
}

export function VirtualList<T>({ items, heightOf, render, label }: VirtualListProps<T>) {
  const box = useRef<HTMLUListElement>(null);
  const tops = useMemo(() => edges(items, heightOf), [items, heightOf]);
  const view = useView(box, items);
  const depth = useDepth(items);
  const [first, last] = rangeOf(tops, view, depth);
  const rows = new Map<number, VNode>();
  for (let index = first; index < last; index += 1) {
    const item = items[index] as T;
    const style = { top: `${tops[index]}px`, height: `${heightOf(item)}px` };
    // A place in the list keeps its element: while somebody types, only words change in it.
    rows.set(
      index,
      <li key={index} style={style} aria-setsize={items.length} aria-posinset={index + 1}>
        {render(item, index)}
      </li>,
    );
  }
  const drawn = useRef<Drawn>({ rows, tops });
  if (depth === 'first') leaveLower(drawn.current, { rows, tops }, last);
  drawn.current = { rows, tops };
  return (
    <ul ref={box} class="vlist" aria-label={label} style={{ height: `${tops.at(-1) ?? 0}px` }}>
      {[...rows.values()]}
    </ul>
  );
}
