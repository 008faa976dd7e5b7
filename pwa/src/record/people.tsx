/** The members of a visited household with their masked numbers, for who may ask for the full ones. */
import './reveal.css';
import type { VisitDetail } from '../core/api/types';
import { t } from '../core/i18n';
import { Card } from '../ui/card';
import { mayReveal, Reveal } from './reveal';

export function People({ household }: { household: VisitDetail['household'] }) {
  if (!mayReveal()) return null;
  return (
    <Card
      title={t('reveal.people')}
      aside={household.phone_masked !== '' && <span class="muted num">{household.phone_masked}</span>}
    >
      <ul class="reveal-people">
        {household.members.map((member) => (
          <li key={member.id} class="reveal-person">
            <p>
              <b>{member.name}</b> <span class="muted">{member.relation}</span>
            </p>
            <p class="muted num">{member.id_masked || t('reveal.none')}</p>
            <Reveal householdId={household.id} memberId={member.id} name={member.name} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
