// @vitest-environment happy-dom

import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { edges, rowAt, VirtualList } from './virtualList';

const heightOf = () => 50;
const people = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

let root: HTMLElement;
const rows = () => [...root.querySelectorAll('li')];
const show = (items: readonly string[]) =>
  act(() =>
    render(
      <VirtualList items={items} heightOf={heightOf} label="people" render={(item) => <b>{item}</b>} />,
      root,
    ),
  );

beforeEach(() => {
  vi.useFakeTimers();
  root = document.body.appendChild(document.createElement('div'));
  vi.stubGlobal('innerHeight', 800);
});
afterEach(() => {
  act(() => render(null, root));
  root.remove();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the list', () => {
  it('draws what a keyboard leaves visible, then the screen, and the spare rows once nobody types', () => {
    show(people('a', 5000));
    expect(rows()).toHaveLength(7); // 330 px, rows of 50
    expect(root.querySelector('ul')?.style.height).toBe('250000px');
    act(() => void vi.advanceTimersByTime(20)); // a frame
    expect(rows()).toHaveLength(19); // 800 px and a step of scrolling
    act(() => void vi.advanceTimersByTime(250));
    expect(rows()).toHaveLength(27);
  });

  it('leaves the lower rows as they were for one frame, but none that is no more', () => {
    show(people('a', 5000));
    act(() => void vi.advanceTimersByTime(20));
    show(people('b', 10));
    expect(rows().map((row) => row.textContent)).toEqual([
      ...people('b', 10).slice(0, 7),
      ...people('a', 10).slice(7),
    ]);
    act(() => void vi.advanceTimersByTime(20));
    expect(rows().map((row) => row.textContent)).toEqual(people('b', 10));
  });

  it('does not go back to fewer rows when a frame took longer than the rest', () => {
    vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 400));
    vi.stubGlobal('cancelAnimationFrame', clearTimeout);
    show(people('a', 5000));
    act(() => void vi.advanceTimersByTime(1000));
    expect(rows()).toHaveLength(27);
  });

  it('leaves no row over a new one that is higher', () => {
    const big = (item: string) => (item.startsWith('b') ? 100 : 50);
    const list = (items: readonly string[]) => (
      <VirtualList items={items} heightOf={big} label="people" render={(item) => <b>{item}</b>} />
    );
    act(() => render(list(people('a', 5000)), root));
    act(() => void vi.advanceTimersByTime(20));
    act(() => render(list(people('b', 5000)), root));
    const edges = rows().map((row) => [row.textContent, Number.parseInt(row.style.top, 10)] as const);
    const end = Math.max(...edges.filter(([text]) => text?.startsWith('b')).map(([, top]) => top + 100));
    expect(edges.filter(([text, top]) => text?.startsWith('a') && top < end)).toEqual([]);
    expect(edges.some(([text]) => text?.startsWith('a'))).toBe(true);
  });

  it('keeps its elements when other items come, and says how many there are', () => {
    const many = people('a', 5000);
    show(many);
    act(() => void vi.advanceTimersByTime(250));
    const [first] = rows();
    const few = people('b', 3);
    show(few);
    expect(rows()[0]).toBe(first);
    expect(rows().map((row) => row.textContent)).toEqual(few);
    expect(first?.getAttribute('aria-setsize')).toBe('3');
  });

  it('finds the row at a height by halving', () => {
    const tops = edges([10, 20, 30], (height) => height);
    expect(tops).toEqual([0, 10, 30, 60]);
    expect([-5, 0, 9, 10, 29, 30, 59, 99].map((y) => rowAt(tops, y))).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
  });
});
