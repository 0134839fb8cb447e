/** A button with a panel below it that is there while it is open. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useCallback, useRef, useState } from "preact/hooks";
import { useDismiss } from "./dismiss.ts";

interface MenuProps {
  readonly class?: string;
  /** What stands on the button. */
  readonly summary: ComponentChildren;
  /** What the button is called, where a sign or a cut name stands on it. */
  readonly title?: string;
  readonly label?: string;
  readonly isOn?: boolean;
  readonly onOpen?: () => void;
  /** The panel's content; it is told how to close the panel. */
  readonly children: (close: () => void) => ComponentChildren;
}

/** Closes by Escape, by a press elsewhere, and when the focus goes on elsewhere. */
export function Menu(props: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => {
    const element = menu.current;
    if (!element?.open) return;
    if (element.contains(document.activeElement)) element.querySelector("summary")?.focus();
    element.open = false;
    // The toggle is told later, and what is closed has no claim on keys.
    setOpen(false);
  }, []);
  useDismiss(menu, isOpen, close);
  return (
    <details
      class={`menu ${props.class ?? ""}`}
      ref={menu}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
        if (event.currentTarget.open) props.onOpen?.();
      }}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (to && !event.currentTarget.contains(to)) event.currentTarget.open = false;
      }}
    >
      <summary class={props.isOn ? "on" : undefined} title={props.title} aria-label={props.label}>
        {props.summary}
      </summary>
      {isOpen && <div class="menu-body">{props.children(close)}</div>}
    </details>
  );
}

/** A field that narrows down what a menu offers. */
export function MenuSearch({ label, typed }: { label: string; typed: Signal<string> }) {
  return (
    <input
      type="search"
      class="menu-search"
      placeholder={label}
      aria-label={label}
      value={typed.value}
      onInput={(event) => {
        typed.value = event.currentTarget.value;
      }}
    />
  );
}
