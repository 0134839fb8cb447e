/** Closing what floats: by Escape, or by a press anywhere else. */
import { useLayoutEffect } from "preact/hooks";

export function useDismiss(
  element: { readonly current: HTMLElement | null },
  isOpen: boolean,
  close: () => void,
): void {
  // Not after the next paint: a second Escape is for what lies below.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const onPress = (event: PointerEvent) => {
      if (!element.current?.contains(event.target as Node)) close();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // Nor is it the Escape of a dialog that it is in.
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    document.addEventListener("pointerdown", onPress);
    // Before the page's own keys, which would act on what lies below.
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onPress);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [element, isOpen, close]);
}
