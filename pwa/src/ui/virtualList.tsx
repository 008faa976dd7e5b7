/** A list of any length: only the rows on screen are drawn. Row heights are known, whatever box scrolls. */
import type { ComponentChildren, RefObject } from 'preact';
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
  const tops = [0];
  for (const item of items) tops.push((tops.at(-1) ?? 0) + heightOf(item));
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
/** New items get their spare rows once nobody types any more. */
const REST_MS = 250;

/** What of the list is on screen, in pixels of the list; the same object as long as it stays the same. */
interface View {
  top: number;
  height: number;
}

function seen(element: HTMLElement, before: View | null): View {
  const top = Math.floor(-element.getBoundingClientRect().top / STEP_PX) * STEP_PX;
  const height = innerHeight + STEP_PX;
  return before?.top === top && before.height === height ? before : { top, height };
}

/** Follows scrolling, and looks again when other items push the list up or down. */
function useView(box: RefObject<HTMLElement | null>, items: readonly unknown[]): View | null {
  const [view, setView] = useState<View | null>(null);
  const measure = useCallback(() => {
    const element = box.current;
    if (element) setView((before) => seen(element, before));
  }, [box]);
  useLayoutEffect(measure, [measure, items]);
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

/** Pixels beyond the screen to draw: none for items that have just come, as each key brings others. */
function useSpare(items: readonly unknown[]): number {
  const [rested, setRested] = useState<readonly unknown[] | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(items), REST_MS);
    return () => clearTimeout(timer);
  }, [items]);
  return rested === items ? SPARE_PX : 0;
}

export function VirtualList<T>({ items, heightOf, render, label }: VirtualListProps<T>) {
  const box = useRef<HTMLUListElement>(null);
  const tops = useMemo(() => edges(items, heightOf), [items, heightOf]);
  const view = useView(box, items);
  const spare = useSpare(items);
  const first = view ? rowAt(tops, view.top - spare) : 0;
  const last = view ? Math.min(items.length, rowAt(tops, view.top + view.height + spare) + 1) : 0;
  return (
    <ul ref={box} class="vlist" aria-label={label} style={{ height: `${tops.at(-1) ?? 0}px` }}>
      {items.slice(first, last).map((item, offset) => {
        const index = first + offset;
        const style = { top: `${tops[index]}px`, height: `${heightOf(item)}px` };
        // A place in the list keeps its element: while somebody types, only words change in it.
        return (
          <li key={index} style={style} aria-setsize={items.length} aria-posinset={index + 1}>
            {render(item, index)}
          </li>
        );
      })}
    </ul>
  );
}
