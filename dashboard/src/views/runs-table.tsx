/** The runs as a table: only what is near the screen is in the page, in both directions. */
import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { TableLine } from "../model/grouping.ts";
import { rangeOf, withRange, withToggled } from "../model/selection.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { createSparks } from "../state/sparks.ts";
import { S } from "../strings.ts";
import { Empty, Skeleton } from "./bits.tsx";
import { useKeys } from "./keyboard.ts";
import { type ShownColumns, useColumns } from "./table-columns.ts";
import { Head } from "./table-head.tsx";
import { tableKeys } from "./table-keys.ts";
import { GroupRowView, RunRowView, rowId, type TableParts } from "./table-rows.tsx";
import { useVirtual } from "./virtual.ts";

const ROW_HEIGHT = 28;
const GROUP_HEIGHT = 44;
const MORE_BEFORE_END = 20;

export function RunsTable({ list }: { list: RunsList }) {
  const isEmpty = useComputed(() => list.lines.value.length === 0);
  if (!isEmpty.value) return <Grid list={list} />;
  if (list.loading.value) return <Skeleton rows={12} />;
  if (list.filterError.value) return null;
  return <Empty title={S.filter.nothing} text={S.filter.nothingAdvice} />;
}

function Grid({ list }: { list: RunsList }) {
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const cursor = useSignal<string | null>(null);
  const lines = list.lines.value;
  const isGrouped = view.value.group.length > 0;
  const rows = useVirtual(scroller, {
    count: lines.length,
    sizeOf: (at) => (lines[at]?.kind === "group" ? GROUP_HEIGHT : ROW_HEIGHT),
    sizes: isGrouped ? lines.map((line) => line.kind[0]).join("") : "",
    covered: ROW_HEIGHT,
  });
  const shown = useColumns(list, scroller);
  const parts = useParts(list, shown);
  const visible = lines.slice(rows.start, rows.end);
  useSparks(parts, visible);
  const scrollTo = useRef(rows.scrollTo);
  scrollTo.current = rows.scrollTo;
  const keys = useMemo(
    () =>
      tableKeys(list, cursor, parts.fold, (at) => {
        scrollTo.current(at);
        grid.current?.focus({ preventScroll: true });
      }),
    [list, cursor, parts.fold],
  );
  useKeys(keys.anywhere);
  const wantsMore = rows.end > lines.length - MORE_BEFORE_END && list.hasMore.value;
  useEffect(() => {
    if (wantsMore) list.loadMore();
  }, [wantsMore, lines.length, list]);
  const selected = useMemo(() => new Set(view.value.selected), [view.value.selected]);
  const at = cursor.value;
  return (
    <div class="table-scroll" ref={scroller}>
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: keys move in this table
        role="grid"
        class="runs-table"
        tabIndex={0}
        aria-label={S.runsTable}
        aria-multiselectable="true"
        aria-rowcount={Math.max(lines.length, isGrouped ? 0 : (list.totalCount.value ?? 0)) + 1}
        aria-colcount={list.columns.value.length + 1}
        aria-activedescendant={at === null ? undefined : rowId(at)}
        style={{ width: `max(100%, ${shown.layout.width}px)` }}
        onKeyDown={keys.within}
      >
        <Columns shown={shown} />
        <Head list={list} shown={shown} />
        <tbody>
          {rows.before > 0 && <Spacer height={rows.before} />}
          {visible.map((line, i) => (
            <Line
              key={line.key}
              line={line}
              parts={parts}
              index={rows.start + i + 2}
              selected={selected}
              cursor={cursor}
            />
          ))}
          {rows.after > 0 && <Spacer height={rows.after} />}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  readonly line: TableLine;
  readonly parts: TableParts;
  readonly index: number;
  readonly selected: ReadonlySet<string>;
  readonly cursor: Signal<string | null>;
}

function Line({ line, parts, index, selected, cursor }: LineProps) {
  const isCursor = useComputed(() => cursor.value === line.key).value;
  if (line.kind === "group") {
    return <GroupRowView {...{ line, parts, index, selected, isCursor }} />;
  }
  const isSelected = selected.has(line.run.runId);
  return <RunRowView {...{ line, parts, index, isSelected, isCursor }} />;
}

function Columns({ shown: { layout, visible, before } }: { shown: ShownColumns }) {
  return (
    <colgroup>
      <col style={{ width: `${layout.nameWidth}px` }} />
      {layout.pinned.map(({ column, width }) => (
        <col key={column.id} style={{ width: `${width}px` }} />
      ))}
      {before > 0 && <col style={{ width: `${before}px` }} />}
      {visible.map(({ column, width }) => (
        <col key={column.id} style={{ width: `${width}px` }} />
      ))}
      {/* Takes what is left of the table's width: the columns after, and what has no column. */}
      <col />
    </colgroup>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr class="spacer-row" style={{ height: `${height}px` }}>
      <td colSpan={1000} />
    </tr>
  );
}

function useParts(list: RunsList, shown: ShownColumns): TableParts {
  const sparks = useMemo(createSparks, [list]);
  useEffect(() => sparks.dispose, [sparks]);
  const anchor = useRef<string | null>(null);
  const fields = list.fields.items.value;
  const { before } = shown;
  const hasChildren = useComputed(() => list.runs.value.some((run) => run.childCount > 0)).value;
  // The same parts for the same columns: rows that did not change are not drawn again.
  return useMemo(
    () => ({
      list,
      sparks,
      shown,
      hasChildren,
      select: (ids, withShift) => {
        const { selected } = view.peek();
        const order = list.lines.peek().flatMap((l) => (l.kind === "run" ? [l.run.runId] : []));
        const isRange = withShift && ids.length === 1 && anchor.current !== null;
        setView({
          selected: isRange
            ? withRange(selected, rangeOf(order, anchor.current, ids[0]), ids[0])
            : withToggled(selected, ids),
        });
        anchor.current = ids.length === 1 ? ids[0] : null;
      },
      fold: (key) => {
        const { folded } = view.peek();
        setView({
          folded: folded.includes(key) ? folded.filter((one) => one !== key) : [...folded, key],
        });
      },
    }),
    [list, sparks, fields, hasChildren, shown.key, before],
  );
}

/** The lines in the cells are those of what is on the screen. */
function useSparks({ sparks, shown }: TableParts, lines: readonly TableLine[]): void {
  const runs = lines.flatMap((line) => (line.kind === "run" ? [line.run.runId] : []));
  const metrics = [...shown.layout.pinned, ...shown.visible].flatMap(({ column }) =>
    column.kind === "metric" && column.aggregate === "last" ? [column.name] : [],
  );
  const [runsKey, metricsKey] = [runs.join("\n"), metrics.join("\n")];
  useEffect(() => sparks.show(runs, metrics), [sparks, runsKey, metricsKey]);
}
