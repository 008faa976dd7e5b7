/** The county's desk. Routes `#/cases`, `…/v/<visitId>`, `…/h/<householdId>`, `…/find`, `…/meeting`. */
import './desk.css';
import './case.css';
import { place } from '../../core/nav';
import { CaseScreen } from './caseScreen';
import { FindScreen } from './find';
import { CasesScreen } from './listScreen';
import { MeetingScreen } from './meeting';
import { StoryScreen } from './story';
import './words';

export function CasesPage() {
  const [, part, id] = place.value.parts;
  if (part === 'v' && id) return <CaseScreen key={id} visitId={id} />;
  if (part === 'h' && id) return <StoryScreen key={id} householdId={id} />;
  if (part === 'find') return <FindScreen />;
  if (part === 'meeting') return <MeetingScreen />;
  return <CasesScreen />;
}
