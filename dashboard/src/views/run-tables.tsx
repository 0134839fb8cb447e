/** The tables of a run: one at a time, sortable, with only the rows near the screen in the page. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TableItem, TablePage } from "../model/catalog.ts";
import { isNumericColumn, sortedRows, tableLines } from "../model/tables.ts";
import { setView, view } from "../state/router.ts";
import { createTable, type RunPage, refreshOn, TABLE_ROWS_MAX } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton, Value } from "./bits.tsx";
import { PlainChart } from "./chart-card.tsx";
import { useVirtualRows } from "./virtual.ts";

const ROW_HEIGHT = 28;

export function RunTables({ data }: { data: RunPage }) {
  const { value, error } = data.tables.state.value;
  if (error) return <Problem error={error} retry={data.tables.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noTables} />;
  const open = value.find((item) => item.name === view.value.open) ?? value[0];
  return (
    <div class="side-by-side">
      <ul class="picker" aria-label={S.tabs.tables}>
        {value.map((item) => (
          <li key={item.name}>
            <button
              type="button"
              aria-pressed={item === open}
              onClick={() => setView({ open: item.name })}
            >
              <span>{item.name}</span>
              <span class="quiet">{S.rows(item.rowCount)}</span>
            </button>
          </li>
        ))}
      </ul>
      <OneTable key={open.name} data={data} item={open} />
    </div>
  );
}

function OneTable({ data, item }: { data: RunPage; item: TableItem }) {
  const table = useMemo(() => createTable(data.runId, item.name), [data.runId, item.name]);
  useEffect(() => {
    const stop = refreshOn(data, "tables", table.refresh);
    return () => {
      stop();
      table.dispose();
    };
  }, [data, table]);
  const { value, error } = table.state.value;
  const drawn = useMemo(() => (value ? tableLines(value.columns) : null), [value]);
  if (error) return <Problem error={error} retry={table.refresh} />;
  if (!value) return <Skeleton rows={10} />;
  return (
    <div class="table-pane">
      {drawn && <PlainChart title={item.name} lines={drawn.lines} xName={drawn.xName} />}
      {value.rowCount > TABLE_ROWS_MAX && (
        <p class="caption">{S.firstRows(TABLE_ROWS_MAX, value.rowCount)}</p>
      )}
      <Grid page={value} name={item.name} />
    </div>
  );
}

interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

function Grid({ page, name }: { page: TablePage; name: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<Sort | null>(null);
  const { columns } = page;
  const count = columns[0]?.values.length ?? 0;
  const order = useMemo(() => {
    const by = columns.find((column) => column.name === sort?.column);
    return by && sort ? sortedRows(by, sort.descending) : null;
  }, [columns, sort]);
  const numeric = useMemo(() => columns.map(isNumericColumn), [columns]);
  const virtual = useVirtualRows(scroller, count, ROW_HEIGHT);
  const shown = Array.from({ length: Math.max(0, virtual.end - virtual.start) }, (_, i) => {
    const at = virtual.start + i;
    return order ? order[at] : at;
  });
  const click = (column: string) =>
    setSort((old) => {
      if (old?.column !== column) return { column, descending: false };
      return old.descending ? null : { column, descending: true };
    });
  return (
    <section class="table-scroll" ref={scroller} tabIndex={0} aria-label={name}>
      <table class="plain grid" aria-rowcount={count}>
        <thead>
          <tr>
            <th class="number quiet">#</th>
            {columns.map((column, i) => (
              <th
                key={column.name}
                class={numeric[i] ? "number" : undefined}
                aria-sort={sortOf(sort, column.name)}
              >
                <button
                  type="button"
                  class="sort"
                  title={S.sortBy(column.name)}
                  onClick={() => click(column.name)}
                >
                  {column.name}
                  {arrowOf(sort, column.name) && (
                    <span aria-hidden="true">{arrowOf(sort, column.name)}</span>
                  )}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="spacer-row" style={{ height: `${virtual.before}px` }} />
          {shown.map((row) => (
            <tr key={row}>
              <td class="number quiet">{row}</td>
              {columns.map((column, i) => (
                <td key={column.name} class={numeric[i] ? "number" : undefined}>
                  <Value of={column.values[row]} />
                </td>
              ))}
            </tr>
          ))}
          <tr class="spacer-row" style={{ height: `${virtual.after}px` }} />
        </tbody>
      </table>
    </section>
  );
}

function sortOf(sort: Sort | null, column: string): "ascending" | "descending" | undefined {
  if (sort?.column !== column) return undefined;
  return sort.descending ? "descending" : "ascending";
}

function arrowOf(sort: Sort | null, column: string): string {
  const order = sortOf(sort, column);
  if (!order) return "";
  return order === "ascending" ? " ↑" : " ↓";
}
