// @vitest-environment happy-dom
/** Whoever closes a dialog and moves the focus in the next frame keeps it there. */
import { render } from 'preact';
import { expect, it, vi } from 'vitest';
import { Dialog } from './dialog';

it('is closed with the change itself, not after the next frame', () => {
  const close = vi.spyOn(HTMLDialogElement.prototype, 'close');
  const root = document.body.appendChild(document.createElement('div'));
  const show = (open: boolean) => render(<Dialog open={open} title="x" onClose={() => undefined} />, root);
  show(true);
  show(false);
  expect(close).toHaveBeenCalledTimes(1);
});
