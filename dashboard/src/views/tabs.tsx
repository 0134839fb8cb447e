/** The parts of a page as links; where not all of them fit, the open one is in view. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface TabsProps {
  readonly label: string;
  readonly open: string;
  readonly children: ComponentChildren;
}

/** The children are links, of which the open one has `aria-current`. */
export function Tabs({ label, open, children }: TabsProps) {
  const nav = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (!nav.current || !link) return;
    const { scrollLeft, clientWidth, offsetLeft } = nav.current;
    const left = link.offsetLeft - offsetLeft;
    const right = left + link.offsetWidth;
    if (left < scrollLeft || right > scrollLeft + clientWidth) {
      nav.current.scrollLeft = left - (clientWidth - link.offsetWidth) / 2;
    }
  }, [open]);
  return (
    <nav class="tabs" aria-label={label} ref={nav}>
      {children}
    </nav>
  );
}
