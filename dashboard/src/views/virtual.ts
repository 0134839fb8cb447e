/** Which rows and columns of a long table are near the screen, after TanStack Virtual. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

export interface VirtualItems {
  /** The first item to draw and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Sizes that stand in for the items before and after. */
  readonly before: number;
  readonly after: number;
  readonly scrollTo: (item: number) => void;
}

export interface VirtualOptions {
  readonly count: number;
  readonly sizeOf: (item: number) => number;
  /** Another key means other sizes. */
  readonly sizes?: string;
  readonly horizontal?: boolean;
  /** What covers the beginning, such as a heading that stays. */
  readonly covered?: number;
  readonly overscan?: number;
}

export function useVirtual(
  scroller: RefObject<HTMLElement | null>,
  { count, sizeOf, sizes = "", horizontal = false, covered = 0, overscan = 8 }: VirtualOptions,
): VirtualItems {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const options = {
    count,
    horizontal,
    getScrollElement: () => scroller.current,
    estimateSize: sizeOf,
    overscan,
    paddingStart: covered,
    scrollPaddingStart: covered,
    scrollToFn: elementScroll<HTMLElement>,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(0),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  virtualizer.setOptions(options);
  const measured = useRef(sizes);
  if (measured.current !== sizes) {
    measured.current = sizes;
    virtualizer.measure();
  }
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items[items.length - 1];
  const whole = virtualizer.getTotalSize() - covered;
  return {
    start: first?.index ?? 0,
    end: last ? last.index + 1 : 0,
    before: first ? first.start - covered : 0,
    after: last ? Math.max(0, whole - (last.end - covered)) : whole,
    scrollTo: (item) => virtualizer.scrollToIndex(item),
  };
}

export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): VirtualItems {
  return useVirtual(scroller, { count, sizeOf: () => rowHeight });
}
