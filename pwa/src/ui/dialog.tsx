/** A question in front of the page. On phones it rises from the lower edge (a sheet), on desks it is centred. */
import './dialog.css';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

export interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  /** Buttons, the main one last. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

export function Dialog({ open, title, onClose, actions, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  // At once, not after the next frame: closing gives the focus back, and whoever closed it may have moved it on.
  useLayoutEffect(() => {
    const dialog = box.current;
    if (open && dialog && !dialog.open) dialog.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  // Taken away while it is open, it would leave the focus nowhere.
  useLayoutEffect(() => {
    const dialog = box.current;
    return () => {
      if (dialog?.open) dialog.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a tap beside the sheet; the keyboard closes it with Escape.
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      {open && (
        <div class="dialog-body">
          <h2 id={id}>{title}</h2>
          {children}
          {actions && <div class="dialog-actions">{actions}</div>}
        </div>
      )}
    </dialog>
  );
}

/** The same control under the name used for choosing from a list. */
export const Sheet = Dialog;
