/** The parts of a page as links; where not all of them fit, the open one is in view. */
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface TabsProps {
  readonly label: string;
  readonly open: string;
  readonly children: ComponentChildren;
}

/** The children are links, of which the open one has `aria-current`. */
export function Tabs({ label, open, children }: TabsProps) {
  const nav = useRef<HTMLElement>(null);
  useOpenInView(nav, open);
  return (
    <nav class="tabs" aria-label={label} ref={nav}>
      {children}
    </nav>
  );
}

/** Scroll a row of links so that the open one is seen. */
export function useOpenInView(row: RefObject<HTMLElement | null>, open: string): void {
  useLayoutEffect(() => {
    const link = row.current?.querySelector<HTMLElement>("[aria-current]");
    if (!row.current || !link) return;
    const { scrollLeft, clientWidth, offsetLeft } = row.current;
    const left = link.offsetLeft - offsetLeft;
    const right = left + link.offsetWidth;
    if (left < scrollLeft || right > scrollLeft + clientWidth) {
      row.current.scrollLeft = left - (clientWidth - link.offsetWidth) / 2;
    }
  }, [row, open]);
}
