/** Keys that act on the page. A page says what it can do; typing in a field is left alone. */
import { useLayoutEffect } from "preact/hooks";

export type KeyAction = () => void;
/** By the key's name; `Mod+k` is `k` with ⌘ or Ctrl. */
export type KeyMap = Readonly<Record<string, KeyAction | undefined>>;

/** What the keyboard in front of the page calls the key of commands. */
export const MOD_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

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
  // Where the key was pressed, also inside the editor's own tree of elements.
  const target = event.composedPath()[0] as HTMLElement | null;
  if (event.altKey || event.defaultPrevented) return;
  if (event.metaKey || event.ctrlKey) {
    act(`Mod+${event.key}`, event);
    return;
  }
  // What floats above the page has the keys to itself.
  if (target?.closest?.("dialog")) return;
  if (target?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  // Enter and Space belong to the control that has the focus.
  if (event.key === "Enter" && target?.closest?.("a, button, summary")) return;
  act(event.key, event);
}

function act(key: string, event: KeyboardEvent): void {
  const action = stack.findLast((keys) => keys[key])?.[key];
  if (!action) return;
  event.preventDefault();
  action();
}
