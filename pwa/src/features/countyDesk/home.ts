/** What the county's home shows of the desk, and how the desk forgets the last user. Without the desk's screens. */
import './words';
import { resetSaved } from './savedStore';
import { forgetSearch } from './searchWords';
import { resetCases } from './store';
import { forgetTold } from './told';

export { SavedFilters } from './saved';
export { DeskStrip } from './strip';

/** Forgets everything read, typed and told. */
export function resetDesk(): void {
  resetCases();
  resetSaved();
  forgetSearch();
  forgetTold();
}
