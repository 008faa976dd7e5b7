/** What the screen is like now, as hooks that follow it. */
import { useEffect, useState } from 'preact/hooks';

/** Whether a media query holds; follows turns and resizes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setHolds(list.matches);
    follow();
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return holds;
}

/** Room for columns side by side. */
export const useWide = (): boolean => useMedia('(min-width: 1024px)');
