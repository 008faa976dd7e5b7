/** The way out: the server hears of it when it can, this phone forgets the lists and the proof, work stays. */
import { logout } from '../../core/api/auth';
import { forgetHouseholds } from '../../core/assignments';
import { left } from '../../core/gate';
import { go } from '../../core/nav';
import { reloadOutbox } from '../../core/outbox';
import { endSession } from '../../core/session';

export async function signOut(): Promise<void> {
  // Begun while the refresh token is still here, not waited for: without a network one signs out all the same.
  void logout();
  await forgetHouseholds();
  await endSession();
  await reloadOutbox();
  left();
  go('#/login', { replace: true });
}
