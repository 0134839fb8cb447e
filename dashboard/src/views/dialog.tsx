/** What floats above the page and holds the focus until it is closed. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly label: string;
  readonly class?: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * Closes by Escape, by a click beside it and by a button of a `<form method="dialog">` in it; the
 * focus then returns to where it was.
 */
export function Dialog({ label, class: look, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it, by the element itself
    <dialog
      ref={dialog}
      class={look}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => {
        // The backdrop belongs to the element; what is inside it lies within its content.
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
