/** The runs as rows: only those near the screen are in the page, however many there are. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatDuration } from "../base/time.ts";
import { columnSort, columnTitle, nextSort, type RunColumn } from "../model/columns.ts";
import { DEFAULT_VIEW } from "../model/route.ts";
import { type RunRow, toggled } from "../model/rows.ts";
import { colorIndex, type Run, runDuration, shortName } from "../model/run.ts";
import { now } from "../state/clock.ts";
import { hoveredRun } from "../state/hover.ts";
import { goTo, hrefOf, setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Ago, Empty, Skeleton, StatusMark, Swatch, Tags, Value } from "./bits.tsx";
import { useKeys } from "./keyboard.ts";
import { RunMenuButton } from "./run-actions.tsx";
import { useVirtualRows } from "./virtual.ts";

const ROW_HEIGHT = 28;
const FIXED_COLUMNS = 6;
const MORE_BEFORE_END = 20;

export function RunsTable({ list }: { list: RunsList }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = list.rows.value;
  const columns = list.columns.value;
  const virtual = useVirtualRows(scroller, rows.length, ROW_HEIGHT);
  const cursor = useSignal<string | null>(null);
  const keys = useTableKeys(list, cursor, virtual.scrollTo);
  useKeys(keys);
  const wantsMore = virtual.end > rows.length - MORE_BEFORE_END && list.hasMore.value;
  useEffect(() => {
    if (wantsMore) list.loadMore();
  }, [wantsMore, rows.length, list]);
  if (rows.length === 0) {
    return list.loading.value ? (
      <Skeleton rows={12} />
    ) : (
      <Empty title={S.filter.nothing} text={S.filter.nothingAdvice} />
    );
  }
  return (
    <section class="table-scroll" ref={scroller} tabIndex={0} aria-label={S.runsTable}>
      <table class="runs-table" aria-rowcount={rows.length}>
        <Head columns={columns} list={list} />
        <tbody>
          {virtual.before > 0 && (
            <Spacer height={virtual.before} span={FIXED_COLUMNS + columns.length} />
          )}
          {rows.slice(virtual.start, virtual.end).map((row) => (
            <Row
              key={row.run.runId}
              row={row}
              columns={columns}
              list={list}
              isCursor={cursor.value === row.run.runId}
            />
          ))}
          {virtual.after > 0 && (
            <Spacer height={virtual.after} span={FIXED_COLUMNS + columns.length} />
          )}
        </tbody>
      </table>
    </section>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr class="spacer-row" style={{ height: `${height}px` }}>
      <td colSpan={span} />
    </tr>
  );
}

function Head({ columns, list }: { columns: readonly RunColumn[]; list: RunsList }) {
  const ids = list.rows.value.map(({ run }) => run.runId);
  const { selected } = view.value;
  const all = ids.length > 0 && ids.every((id) => selected.includes(id));
  return (
    <thead>
      <tr>
        <th class="col-name">
          <input
            type="checkbox"
            aria-label={S.selectAll}
            checked={all}
            onChange={() => setView({ selected: all ? [] : ids })}
          />
          <SortButton sort="name" title={S.columns.name} />
        </th>
        <Heading sort="status" title={S.columns.status} />
        <Heading sort="duration" title={S.columns.duration} isNumber />
        <Heading sort="created" title={S.columns.created} />
        {columns.map((column) => (
          <Heading key={column.id} sort={columnSort(column)} title={columnTitle(column)} isNumber />
        ))}
        <th>{S.columns.tags}</th>
      </tr>
    </thead>
  );
}

function Heading({ sort, title, isNumber }: { sort: string; title: string; isNumber?: boolean }) {
  const current = view.value.sort;
  const order = current === sort ? "ascending" : current === `-${sort}` ? "descending" : undefined;
  return (
    <th class={isNumber ? "number" : undefined} aria-sort={order}>
      <SortButton sort={sort} title={title} />
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
      title={S.sortBy(title)}
      onClick={() => setView({ sort: nextSort(current, sort, DEFAULT_VIEW.sort) })}
    >
      {title}
      {arrow && <span aria-hidden="true">{arrow}</span>}
    </button>
  );
}

interface RowProps {
  readonly row: RunRow;
  readonly columns: readonly RunColumn[];
  readonly list: RunsList;
  readonly isCursor: boolean;
}

function Row({ row: { run, depth }, columns, list, isCursor }: RowProps) {
  const { selected } = view.value;
  const isSelected = selected.includes(run.runId);
  const isHovered = useComputed(() => hoveredRun.value === run.runId);
  const classes = [
    run.archived && "archived",
    isSelected && "selected",
    isHovered.value && "hovered",
    isCursor && "cursor",
  ];
  const toggle = () => setView({ selected: toggled(selected, run.runId) });
  return (
    <tr
      class={classes.filter(Boolean).join(" ")}
      aria-selected={isSelected}
      onMouseEnter={() => {
        hoveredRun.value = run.runId;
      }}
      onMouseLeave={() => {
        hoveredRun.value = null;
      }}
    >
      <td class="col-name" style={{ paddingLeft: `${8 + depth * 20}px` }}>
        <input
          type="checkbox"
          aria-label={S.selectRun(run.name)}
          checked={isSelected}
          onChange={toggle}
        />
        <Expander run={run} list={list} />
        <Swatch color={SERIES_COLORS[theme.value][colorIndex(run)]} />
        <a href={hrefOf({ kind: "run", runId: run.runId, tab: "overview" })} title={run.name}>
          {shortName(run)}
        </a>
        <RunMenuButton run={run} />
      </td>
      <td>
        <StatusMark status={run.status} reason={run.statusReason} />
      </td>
      <td class="number">
        <Duration run={run} />
      </td>
      <td>
        <Ago at={run.createdUs} />
      </td>
      {columns.map((column) => (
        <td class="number" key={column.id}>
          <Value of={cellValue(run, column)} />
        </td>
      ))}
      <td class="col-tags">
        <Tags tags={run.tags} />
      </td>
    </tr>
  );
}

function Expander({ run, list }: { run: Run; list: RunsList }) {
  if (run.childCount === 0) return <span class="expander" />;
  const isOpen = list.open.value.has(run.runId);
  return (
    <button
      type="button"
      class="expander"
      aria-expanded={isOpen}
      aria-label={S.childrenOf(run.name, run.childCount)}
      title={S.childrenOf(run.name, run.childCount)}
      onClick={() => list.toggleOpen(run.runId)}
    >
      {isOpen ? "▾" : "▸"}
    </button>
  );
}

export function Duration({ run }: { run: Run }) {
  const length = runDuration(run, now.value);
  return <span>{length === null ? "–" : formatDuration(length)}</span>;
}

function cellValue(run: Run, column: RunColumn): unknown {
  if (column.kind === "config") return run.config[column.key];
  return run.metrics[column.name]?.[column.aggregate];
}

function useTableKeys(
  list: RunsList,
  cursor: { value: string | null },
  scrollTo: (row: number) => void,
) {
  return useMemo(() => {
    const move = (by: number) => {
      const rows = list.rows.peek();
      const at = rows.findIndex(({ run }) => run.runId === cursor.value);
      const next = Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by));
      cursor.value = rows[next]?.run.runId ?? null;
      scrollTo(next);
    };
    return {
      j: () => move(1),
      k: () => move(-1),
      x: () => {
        if (cursor.value) setView({ selected: toggled(view.peek().selected, cursor.value) });
      },
      Enter: () => {
        if (cursor.value) goTo({ kind: "run", runId: cursor.value, tab: "overview" });
      },
    };
  }, [list]);
}
