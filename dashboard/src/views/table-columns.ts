/** The columns that are near the screen, and what stands in for the others. */
import type { RefObject } from "preact";
import { type PlacedColumn, placeColumns, type TableLayout } from "../model/table-layout.ts";
import { resizing } from "../state/resizing.ts";
import { view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { useVirtual } from "./virtual.ts";

/** Where the style sheet begins to lay out for phones. */
const PHONE_PX = 640;

export interface ShownColumns {
  readonly layout: TableLayout;
  /** The free columns that are drawn, and the place of the first among them. */
  readonly visible: readonly PlacedColumn[];
  readonly start: number;
  /** The width that stands in for the free columns before. */
  readonly before: number;
  /** Equal for equal columns at equal places. */
  readonly key: string;
}

export function useColumns(list: RunsList, scroller: RefObject<HTMLElement | null>): ShownColumns {
  const { pinned, widths } = view.value;
  const dragged = resizing.value;
  const layout = placeColumns(
    list.columns.value,
    pinned,
    dragged ? { ...widths, [dragged.id]: dragged.width } : widths,
    innerWidth <= PHONE_PX,
  );
  const sizes = layout.free.map(({ width }) => width).join(" ");
  const { start, end, before } = useVirtual(scroller, {
    count: layout.free.length,
    sizeOf: (at) => layout.free[at]?.width ?? 0,
    sizes: `${layout.pinnedWidth} ${sizes}`,
    horizontal: true,
    covered: layout.pinnedWidth,
    overscan: 2,
  });
  const visible = layout.free.slice(start, end);
  const key = [...layout.pinned, ...visible]
    .map(({ column, left }) => `${column.id} ${left}`)
    .join("\n");
  return { layout, visible, start, before, key };
}
