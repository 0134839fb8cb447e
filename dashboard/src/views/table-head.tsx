/** The headings of the runs table: they sort, and are dragged to other places and widths. */
import { useRef } from "preact/hooks";
import { columnSort, isNumberColumn, nextSort } from "../model/columns.ts";
import { DEFAULT_VIEW } from "../model/route.ts";
import {
  COLUMN_WIDTH_MAX,
  COLUMN_WIDTH_MIN,
  clampWidth,
  movedBy,
  movedTo,
  NAME_COLUMN,
  type PlacedColumn,
} from "../model/table-layout.ts";
import { resizing } from "../state/resizing.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";
import { titleOf } from "./column-title.ts";
import type { ShownColumns } from "./table-columns.ts";

export function Head({ list, shown }: { list: RunsList; shown: ShownColumns }) {
  const ids = list.rows.value.map(({ run }) => run.runId);
  const selected = new Set(view.value.selected);
  const all = ids.length > 0 && ids.every((id) => selected.has(id));
  const { layout } = shown;
  return (
    <thead>
      <tr>
        <th class="col-name" aria-colindex={1}>
          <input
            type="checkbox"
            aria-label={S.table.selectLoaded(ids.length)}
            checked={all}
            onChange={() => setView({ selected: all ? [] : ids })}
          />
          <SortButton sort="name" title={S.columns.name} />
          <Resizer id={NAME_COLUMN} title={S.columns.name} width={layout.nameWidth} />
        </th>
        {layout.pinned.map((placed, at) => (
          <Heading key={placed.column.id} list={list} placed={placed} index={at + 2} isPinned />
        ))}
        {shown.before > 0 && <td class="spacer" />}
        {shown.visible.map((placed, at) => (
          <Heading
            key={placed.column.id}
            list={list}
            placed={placed}
            index={layout.pinned.length + shown.start + at + 2}
          />
        ))}
        <td class="spacer" />
      </tr>
    </thead>
  );
}

interface HeadingProps {
  readonly list: RunsList;
  readonly placed: PlacedColumn;
  readonly index: number;
  readonly isPinned?: boolean;
}

let draggedId: string | null = null;

function Heading({ list, placed, index, isPinned }: HeadingProps) {
  const { column, width, left } = placed;
  const sort = columnSort(column);
  const current = view.value.sort;
  const order =
    sort === null
      ? undefined
      : current === sort
        ? "ascending"
        : current === `-${sort}`
          ? "descending"
          : undefined;
  const title = titleOf(column);
  const ids = list.columns.value.map(({ id }) => id);
  const classes = [
    isNumberColumn(column, list.fields.items.value) && "number",
    isPinned && "pinned",
  ];
  return (
    <th
      class={classes.filter(Boolean).join(" ") || undefined}
      style={isPinned ? { left: `${left}px` } : undefined}
      aria-sort={order}
      aria-colindex={index}
      draggable
      onDragStart={(event) => {
        if (resizing.value) event.preventDefault();
        else draggedId = column.id;
      }}
      onDragOver={(event) => {
        if (draggedId !== null) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        if (draggedId !== null) setView({ columns: movedTo(ids, draggedId, column.id) });
        draggedId = null;
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
        if (by === 0 || !event.altKey) return;
        event.preventDefault();
        setView({ columns: movedBy(ids, column.id, by) });
      }}
    >
      {sort === null ? (
        <span title={title}>{title}</span>
      ) : (
        <SortButton sort={sort} title={title} />
      )}
      <Resizer id={column.id} title={title} width={width} />
    </th>
  );
}

function SortButton({ sort, title }: { sort: string; title: string }) {
  const current = view.value.sort;
  const arrow = current === sort ? " ↑" : current === `-${sort}` ? " ↓" : "";
  return (
    <button
      type="button"
      class="sort"
      title={sort === "name" ? S.sortBy(title) : S.table.headingHelp(title)}
      onClick={() => setView({ sort: nextSort(current, sort, DEFAULT_VIEW.sort) })}
    >
      <span class="sort-title">{title}</span>
      {arrow && <span aria-hidden="true">{arrow}</span>}
    </button>
  );
}

const KEY_STEP = 16;

function Resizer({ id, title, width }: { id: string; title: string; width: number }) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const put = (to: number) => setView({ widths: { ...view.peek().widths, [id]: clampWidth(to) } });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be dragged
    <span
      class="resizer"
      role="separator"
      aria-orientation="vertical"
      aria-label={S.table.resize(title)}
      aria-valuenow={width}
      aria-valuemin={COLUMN_WIDTH_MIN}
      aria-valuemax={COLUMN_WIDTH_MAX}
      tabIndex={0}
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
        resizing.value = { id, width };
      }}
      onPointerMove={(event) => {
        if (!from.current) return;
        const to = clampWidth(from.current.width + event.clientX - from.current.x);
        resizing.value = { id, width: to };
      }}
      onPointerUp={() => {
        if (resizing.value) put(resizing.value.width);
        from.current = null;
        resizing.value = null;
      }}
      onPointerCancel={() => {
        from.current = null;
        resizing.value = null;
      }}
      onKeyDown={(event) => {
        const by =
          event.key === "ArrowLeft" ? -KEY_STEP : event.key === "ArrowRight" ? KEY_STEP : 0;
        if (by === 0 || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        put(width + by);
      }}
    />
  );
}
