/** Review by the first secretary and the township: worklist, visit, decision. Routes `#/review`, `#/review/<visitId>`. */
import type { ComponentChildren } from 'preact';
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/review';
import { texts as zh } from '../../i18n/zh-CN/review';
import { ReviewScreen } from './screen';
import { resetReview as resetStore } from './store';
import { resetTogether } from './together';

registerTexts({ zh, en });

export function resetReview(): void {
  resetTogether();
  resetStore();
}

export function ReviewHome() {
  return <ReviewScreen visitId={null} />;
}

export interface ReviewPageProps {
  visitId: string | null;
  /** Links to the other pages of this person's desk. */
  places?: ComponentChildren;
}

export function ReviewPage({ visitId, places }: ReviewPageProps) {
  return <ReviewScreen visitId={visitId} places={places} />;
}
