/** What the county said about a case last: it stands in the household's history. */
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { RecheckDetail, StoryEntry } from '../../core/api/deskTypes';

/** The newest decision of the county on a visit; entries come newest first. */
export const countyWordIn = (entries: readonly StoryEntry[], visitId: string): StoryEntry | null =>
  entries.find((one) => one.kind === 'decision' && one.visit_id === visitId) ?? null;

/** Read only where the county has spoken; null until it is here, and where it cannot be read. */
export function useCountyWord(detail: RecheckDetail): StoryEntry | null {
  const spoken = detail.rounds > 0 || detail.concluded_at !== null;
  const [word, setWord] = useState<StoryEntry | null>(null);
  const { visit_id } = detail;
  const household_id = detail.household.id;
  useEffect(() => {
    setWord(null);
    if (!spoken) return undefined;
    let gone = false;
    const path = { household_id };
    call(api.GET('/households/{household_id}/timeline', { params: { path } })).then(
      (story) => {
        if (!gone) setWord(countyWordIn(story.entries, visit_id));
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [spoken, household_id, visit_id]);
  return word;
}
