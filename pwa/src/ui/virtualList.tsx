/** A list of any length: only the rows on screen are drawn. Row heights are known, whatever box scrolls. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

export interface VirtualListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Height of a row in pixels; rows are clipped to it. */
  heightOf: (item: T) => number;
  render: (item: T, index: number) => ComponentChildren;
  label: string;
  /** Set when the list scrolls in its own box instead of the document; the box needs a height. */
  own?: boolean | undefined;
  /** Keeps this row on screen when it changes (keyboard movement). */
  activeIndex?: number | undefined;
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

const SPARE_PX = 400;

/** The box that scrolls the list when it is not its own. */
function scroller(element: HTMLElement): Element | Window {
  const box = element.closest('main');
  return box && box.scrollHeight > box.clientHeight ? box : window;
}

export function VirtualList<T>(props: VirtualListProps<T>) {
  const { items, heightOf, own = false, activeIndex } = props;
  const box = useRef<HTMLDivElement>(null);
  const tops = useMemo(() => edges(items, heightOf), [items, heightOf]);
  const [view, setView] = useState({ top: 0, height: 900 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => {
      const top = own ? element.scrollTop : -element.getBoundingClientRect().top;
      setView({ top, height: own ? element.clientHeight : innerHeight });
    };
    measure();
    // Scrolling does not bubble but is captured: this hears the document and any box around the list.
    addEventListener('scroll', measure, { capture: true, passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure, { capture: true });
      removeEventListener('resize', measure);
    };
  }, [own, items]);
  useEffect(() => {
    const element = box.current;
    if (!element || activeIndex === undefined) return;
    const [top = 0, bottom = 0] = [tops[activeIndex], tops[activeIndex + 1]];
    if (own) {
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight)
        element.scrollTop = bottom - element.clientHeight;
    } else {
      const y = element.getBoundingClientRect().top;
      if (y + top < 0 || y + bottom > innerHeight) scroller(element).scrollBy(0, y + top - innerHeight / 3);
    }
  }, [activeIndex, own, tops]);
  const first = rowAt(tops, view.top - SPARE_PX);
  const last = Math.min(items.length, rowAt(tops, view.top + view.height + SPARE_PX) + 1);
  return (
    <div ref={box} class={`vlist${own ? ' vlist-own' : ''}`}>
      <ul aria-label={props.label} style={{ height: `${tops.at(-1) ?? 0}px` }}>
        {items.slice(first, last).map((item, offset) => {
          const index = first + offset;
          const style = { transform: `translateY(${tops[index]}px)`, height: `${heightOf(item)}px` };
          return (
            <li
              key={props.keyOf(item)}
              data-row={index}
              style={style}
              aria-setsize={items.length}
              aria-posinset={index + 1}
            >
              {props.render(item, index)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
