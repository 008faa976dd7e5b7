/** Vaults for tests: opened as a person opens them, with a PIN. */
import type { User } from '../api/types';
import { showAccount, startSession } from '../session';
import { account, accountId, currentAccount, makeAccount, tryPin } from './accounts';
import { openVault } from './index';
import { random } from './keys';

export const TEST_PIN = '204173';

async function unlock(id: string): Promise<void> {
  const row = await account(id);
  const tried = await tryPin(id, TEST_PIN);
  if (!row || !tried.raw) throw new Error('the test PIN did not open it');
  showAccount(id);
  await openVault(id, row, tried.raw);
}

/** Opens the vault of a user, made at the first time. */
export async function openTestVault(userId: string): Promise<void> {
  const id = await accountId(userId);
  if (await account(id)) return unlock(id);
  const raw = random(32);
  showAccount(id);
  const made = { id, username: userId, raw, pin: TEST_PIN, recovery: null };
  await openVault(id, await makeAccount(made, false), raw);
}

/** Opens the vault of whoever uses the phone, if anybody does. */
export async function openCurrent(): Promise<void> {
  const id = await currentAccount();
  if (id !== null) await unlock(id);
}

/** A user who is signed in, with an open vault. */
export async function signedIn(user: User, access = 'a', refresh = 'r'): Promise<void> {
  await openTestVault(user.id);
  await startSession(user, access, refresh);
}
