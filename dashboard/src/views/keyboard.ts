/** Keys that act on the page. A page says what it can do; typing in a field is left alone. */
import { useLayoutEffect } from "preact/hooks";

export type KeyAction = () => void;
export type KeyMap = Readonly<Record<string, KeyAction | undefined>>;

const stack: KeyMap[] = [];

/** Let `keys` act while the component is on the page; the latest component comes first. */
export function useKeys(keys: KeyMap): void {
  // Before the next paint: who sees that a key would act can press it.
  useLayoutEffect(() => {
    stack.push(keys);
    return () => {
      stack.splice(stack.indexOf(keys), 1);
    };
  }, [keys]);
}

export function handleKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement | null;
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (target?.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  // What a modal dialog covers is not to be worked.
  if (target?.closest("dialog")) return;
  // Enter and Space belong to the control that has the focus.
  if (event.key === "Enter" && target?.closest("a, button, summary")) return;
  const action = stack.findLast((keys) => keys[event.key])?.[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
