/** What the server wants of this device. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { emptyForGood } from './localDb';
import type { Order } from './sync/wire';

const told = signal<Order>('active');

/** The last order heard: go on; hand over what was not sent and take in nothing more; or forget everything. */
export const order: ReadonlySignal<Order> = told;

/** Takes in an order of the server. After `kill` this page is over: everything on the device is gone. */
export async function noteOrder(next: Order): Promise<void> {
  told.value = next;
  if (next === 'kill') await (await import('./wipe')).wipe(emptyForGood);
}
