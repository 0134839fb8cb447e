/** The logged tables of one name, row by row beside each other. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { compareNames } from "../base/names.ts";
import type { TableItem, TablePage } from "../model/catalog.ts";
import { type Run, shortName } from "../model/run.ts";
import { isNumericColumn, type TableColumn } from "../model/tables.ts";
import { createTables, type Lists, SIDE_ROWS_MAX } from "../state/compare-record.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Problem, Skeleton, Swatch, Value } from "./bits.tsx";
import { colorOfRun } from "./compare-runs.tsx";
import { useVirtualRows } from "./virtual.ts";

/** Tables that stand side by side at most. */
const SIDE_MAX = 12;
const ROW_HEIGHT = 28;

/** Every name that any run has, in natural order. */
export function tableNames(lists: readonly (readonly TableItem[] | null)[]): string[] {
  const names = lists.flatMap((items) => items?.map((item) => item.name) ?? []);
  return [...new Set(names)].sort(compareNames);
}

interface LoggedProps {
  readonly runs: readonly Run[];
  readonly lists: Lists<readonly TableItem[]>;
  readonly names: readonly string[];
}

export function LoggedTables({ runs, lists, names }: LoggedProps) {
  const { open } = view.value;
  const loaded = lists.values.value;
  const having = runs.filter((_, i) => loaded[i]?.some((item) => item.name === open));
  const key = having.map((run) => run.runId).join(",");
  const shown = useMemo(() => having.slice(0, SIDE_MAX), [key]);
  const counts = new Map(
    runs.map((run, i) => [run.runId, loaded[i]?.find((item) => item.name === open)?.rowCount ?? 0]),
  );
  if (lists.error.value) return <Problem error={lists.error.value} retry={lists.refresh} />;
  return (
    <div class="table-pane">
      <div class="controls">
        <label>
          <span>{S.compare.table}</span>
          <select value={open} onChange={(event) => setView({ open: event.currentTarget.value })}>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span class="caption">{S.compare.having(having.length, runs.length)}</span>
        {having.length > SIDE_MAX && (
          <span class="caption">{S.compare.firstTables(SIDE_MAX, having.length)}</span>
        )}
        {Math.max(...counts.values()) > SIDE_ROWS_MAX && (
          <span class="caption">{S.compare.firstRowsOfEach(SIDE_ROWS_MAX)}</span>
        )}
      </div>
      {shown.length > 0 && <SideBySide key={`${open}\n${key}`} runs={shown} name={open} />}
    </div>
  );
}

interface SideColumn {
  readonly run: number;
  readonly column: TableColumn;
  readonly isNumeric: boolean;
  /** The column of the same name of the run that is measured against. */
  readonly against: TableColumn | undefined;
}

function SideBySide({ runs, name }: { runs: readonly Run[]; name: string }) {
  const ids = runs.map((run) => run.runId);
  const tables = useMemo(() => createTables(ids, name), [ids.join(","), name]);
  useEffect(() => tables.dispose, [tables]);
  const pages = tables.values.value;
  const { baseline, onlyDifferences } = view.value.compare;
  const base = Math.max(0, ids.indexOf(baseline));
  const columns = useMemo(() => sideColumns(pages, base), [pages, base]);
  const rows = useMemo(() => sideRows(columns, onlyDifferences), [columns, onlyDifferences]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualRows(scroller, rows.length, ROW_HEIGHT);
  if (tables.error.value) return <Problem error={tables.error.value} retry={tables.refresh} />;
  if (pages.some((page) => page === null)) return <Skeleton rows={10} />;
  return (
    <section class="table-scroll" ref={scroller} tabIndex={0} aria-label={name}>
      <table class="plain grid side" aria-rowcount={rows.length}>
        <thead>
          <tr>
            <th class="number quiet" rowSpan={2}>
              #
            </th>
            {runs.map((run, i) => (
              <th key={run.runId} class="first" colSpan={pages[i]?.columns.length ?? 1}>
                <span class="run-column" title={run.name}>
                  <Swatch color={colorOfRun(run)} />
                  <span>{shortName(run)}</span>
                </span>
              </th>
            ))}
          </tr>
          <tr>
            {columns.map((one, i) => (
              <th key={i} class={classOf(columns, i, one.isNumeric && "number")}>
                {one.column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="spacer-row" style={{ height: `${virtual.before}px` }} />
          {rows.slice(virtual.start, virtual.end).map((row) => (
            <tr key={row}>
              <td class="number quiet">{row}</td>
              {columns.map((one, i) => (
                <td
                  key={i}
                  class={classOf(
                    columns,
                    i,
                    one.isNumeric && "number",
                    isOther(one, row) && "differs",
                  )}
                >
                  {row < one.column.values.length && <Value of={one.column.values[row]} />}
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

function classOf(columns: readonly SideColumn[], at: number, ...more: (string | false)[]): string {
  const isFirst = columns[at - 1]?.run !== columns[at].run;
  return [isFirst && "first", ...more].filter(Boolean).join(" ");
}

function sideColumns(pages: readonly (TablePage | null)[], base: number): SideColumn[] {
  return pages.flatMap((page, run) =>
    (page?.columns ?? []).map((column) => ({
      run,
      column,
      isNumeric: isNumericColumn(column),
      against: pages[base]?.columns.find((one) => one.name === column.name),
    })),
  );
}

/** Whether the cell is not what the other run has in the row. */
function isOther({ column, against }: SideColumn, row: number): boolean {
  return against !== column && !Object.is(against?.values[row], column.values[row]);
}

function sideRows(columns: readonly SideColumn[], onlyDifferences: boolean): number[] {
  const count = Math.max(0, ...columns.map(({ column }) => column.values.length));
  const rows = Array.from({ length: count }, (_, row) => row);
  return onlyDifferences ? rows.filter((row) => columns.some((one) => isOther(one, row))) : rows;
}
