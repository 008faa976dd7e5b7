/** How many notices this person has not seen; the desks keep it up to date. */
import { signal } from '@preact/signals';

export const unreadNotices = signal(0);
