/** The few pages of one desk next to each other, as links; the one that is open is marked by a line under it. */
import './places.css';
import { useEffect, useRef } from 'preact/hooks';

export interface PlaceLink {
  href: string;
  label: string;
  current: boolean;
}

export function Places({ label, items }: { label: string; items: readonly PlaceLink[] }) {
  const line = useRef<HTMLElement>(null);
  const here = items.find((one) => one.current)?.href;
  useEffect(() => {
    const mark = line.current?.querySelector<HTMLElement>('[aria-current]');
    if (mark && line.current) line.current.scrollLeft = mark.offsetLeft - line.current.clientWidth / 3;
  }, [here]);
  return (
    <nav class="places" ref={line} aria-label={label}>
      {items.map((one) => (
        <a key={one.href} href={one.href} aria-current={one.current ? 'page' : undefined}>
          {one.label}
        </a>
      ))}
    </nav>
  );
}
