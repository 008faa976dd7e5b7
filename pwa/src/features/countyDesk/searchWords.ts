/** What was typed into the search stays for the way back; it is never in the address, since it may be a name. */
import { signal } from '@preact/signals';

export const typed = signal('');

export function forgetSearch(): void {
  typed.value = '';
}
