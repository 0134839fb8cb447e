/** The tables of a run, one at a time: sorted, searched and exported as a whole by the server. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { TableItem } from "../model/catalog.ts";
import { nextSort } from "../model/columns.ts";
import { type Row, type Rows, rowAt } from "../model/table-pages.ts";
import { isNumericColumn, tableLines } from "../model/tables.ts";
import { setView, view } from "../state/router.ts";
import {
  createTable,
  type RunPage,
  refreshOn,
  TABLE_ROWS_MAX,
  tableUrl,
} from "../state/run-page.ts";
import { createTableView, type TableView } from "../state/table-view.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton, Value } from "./bits.tsx";
import { PlainChart } from "./chart-card.tsx";
import { useKeys } from "./keyboard.ts";
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
              onClick={() => setView({ open: item.name, search: "", order: "" })}
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
  const { runId } = data;
  const { name } = item;
  const rows = useMemo(() => createTableView(runId, name), [runId, name]);
  const drawn = useMemo(() => createTable(runId, name), [runId, name]);
  useEffect(() => {
    const stop = refreshOn(data, "tables", () => {
      rows.refresh();
      drawn.refresh();
    });
    return () => {
      stop();
      rows.dispose();
      drawn.dispose();
    };
  }, [data, rows, drawn]);
  const first = drawn.state.value.value;
  const lines = useMemo(() => (first ? tableLines(first.columns) : null), [first]);
  return (
    <div class="table-pane">
      {first && lines && (
        <>
          <PlainChart title={name} lines={lines.lines} xName={lines.xName} />
          {first.rowCount > TABLE_ROWS_MAX && (
            <p class="caption">{S.runPage.drawnRows(TABLE_ROWS_MAX, first.rowCount)}</p>
          )}
        </>
      )}
      <TableTools runId={runId} name={name} rows={rows} />
      {rows.error.value && <Problem error={rows.error.value} retry={rows.refresh} />}
      {rows.rows.value ? (
        <Grid table={rows} rows={rows.rows.value} name={name} />
      ) : (
        !rows.error.value && <Skeleton rows={10} />
      )}
    </div>
  );
}

const SEARCH_DELAY_MS = 200;

function TableTools({ runId, name, rows }: { runId: string; name: string; rows: TableView }) {
  const box = useRef<HTMLInputElement>(null);
  useKeys(useMemo(() => ({ "/": () => box.current?.focus() }), []));
  const { search } = view.value;
  const sort = view.value.order;
  useEffect(() => {
    const timer = setTimeout(() => rows.ask(sort, search), search ? SEARCH_DELAY_MS : 0);
    return () => clearTimeout(timer);
  }, [rows, sort, search]);
  const shown = rows.rows.value;
  const first = shown?.first;
  const isBehind = shown !== null && (shown.sort !== sort || shown.search !== search);
  return (
    <div class="log-tools">
      <input
        ref={box}
        type="search"
        aria-label={S.runPage.searchRows}
        placeholder={S.runPage.searchRows}
        value={search}
        onInput={(event) => setView({ search: event.currentTarget.value })}
      />
      {first && (
        <span class="quiet number" role="status">
          {first.matchCount < first.rowCount
            ? S.runPage.rowsOf(first.matchCount, first.rowCount)
            : S.rows(first.rowCount)}
          {isBehind && !rows.error.value && ` · ${S.runPage.sorting}`}
        </span>
      )}
      <span class="spacer" />
      <a class="button" href={tableUrl(runId, name, "csv")} download>
        {S.runPage.csv}
      </a>
      <a class="button" href={tableUrl(runId, name, "json")} download>
        {S.runPage.json}
      </a>
    </div>
  );
}

function Grid({ table, rows, name }: { table: TableView; rows: Rows; name: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { columns, matchCount } = rows.first;
  const sort = view.value.order;
  const numeric = useMemo(() => columns.map(isNumericColumn), [columns]);
  const virtual = useVirtualRows(scroller, matchCount, ROW_HEIGHT);
  const { start, end } = virtual;
  useEffect(() => table.want(start, end), [table, start, end]);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [rows.sort, rows.search]);
  const shown = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  return (
    <section class="table-scroll" ref={scroller} tabIndex={0} aria-label={name}>
      <table class="plain grid" aria-rowcount={matchCount}>
        <thead>
          <tr>
            <th class="number quiet">#</th>
            {columns.map((column, i) => (
              <Heading key={column.name} name={column.name} isNumeric={numeric[i]} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="spacer-row" style={{ height: `${virtual.before}px` }} />
          {shown.map((at) => (
            <Line key={at} row={rowAt(rows, at)} numeric={numeric} />
          ))}
          <tr class="spacer-row" style={{ height: `${virtual.after}px` }} />
        </tbody>
      </table>
    </section>
  );
}

function Heading(props: { name: string; isNumeric: boolean; sort: string }) {
  const { name, isNumeric, sort } = props;
  const isSorted = sort === name || sort === `-${name}`;
  const isDescending = isSorted && sort !== name;
  const arrow = isDescending ? " ↓" : " ↑";
  return (
    <th
      class={isNumeric ? "number" : undefined}
      aria-sort={isSorted ? (isDescending ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        class="sort"
        title={S.sortBy(name)}
        onClick={() => setView({ order: nextSort(sort, name, "") })}
      >
        {name}
        {isSorted && <span aria-hidden="true">{arrow}</span>}
      </button>
    </th>
  );
}

function Line({ row, numeric }: { row: Row | undefined; numeric: readonly boolean[] }) {
  return (
    <tr>
      <td class="number quiet">{row ? row.number : "…"}</td>
      {numeric.map((isNumeric, i) => (
        <td key={i} class={isNumeric ? "number" : "cut"}>
          {row && <Value of={row.cells[i]} />}
        </td>
      ))}
    </tr>
  );
}
