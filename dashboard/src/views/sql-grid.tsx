/** The rows of an answer: only what is near the screen is in the page, in both directions. */
import { useMemo, useRef, useState } from "preact/hooks";
import { formatCell, formatNumber, fullText } from "../base/format.ts";
import { columnWidths, kindOf, type SqlAnswer, type SqlColumn, sortedRows } from "../model/sql.ts";
import { hrefOf } from "../state/router.ts";
import { S } from "../strings.ts";
import { useVirtual } from "./virtual.ts";

const ROW_HEIGHT = 28;
const NUMBER_WIDTH = 56;
const DIGITS = 6;

interface Order {
  readonly column: number;
  readonly isDescending: boolean;
}

export function SqlGrid({ answer }: { answer: SqlAnswer }) {
  const scroller = useRef<HTMLElement>(null);
  const [order, setOrder] = useState<Order | null>(null);
  const { columns } = answer;
  const rows = useMemo(() => sortedRows(answer, order), [answer, order]);
  const widths = useMemo(() => columnWidths(columns, answer.rows, cellText), [answer]);
  const down = useVirtual(scroller, {
    count: rows.length,
    sizeOf: () => ROW_HEIGHT,
    covered: ROW_HEIGHT,
  });
  const across = useVirtual(scroller, {
    count: columns.length,
    sizeOf: (at) => widths[at],
    sizes: widths.join(),
    horizontal: true,
    covered: NUMBER_WIDTH,
    overscan: 3,
  });
  const visible = columns.slice(across.start, across.end);
  const width = NUMBER_WIDTH + widths.reduce((sum, one) => sum + one, 0);
  return (
    <section class="table-scroll sql-scroll" ref={scroller} tabIndex={0} aria-label={S.sql.answer}>
      <table
        class="grid sql-grid"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        style={{ width: `${width}px` }}
      >
        <colgroup>
          <col style={{ width: `${NUMBER_WIDTH}px` }} />
          {across.before > 0 && <col style={{ width: `${across.before}px` }} />}
          {visible.map((_, i) => (
            <col key={across.start + i} style={{ width: `${widths[across.start + i]}px` }} />
          ))}
          {across.after > 0 && <col style={{ width: `${across.after}px` }} />}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th class="number quiet">#</th>
            {across.before > 0 && <td />}
            {visible.map((column, i) => (
              <Heading
                key={across.start + i}
                column={column}
                at={across.start + i}
                order={order}
                onOrder={setOrder}
              />
            ))}
            {across.after > 0 && <td />}
          </tr>
        </thead>
        <tbody>
          <tr class="spacer-row" style={{ height: `${down.before}px` }} />
          {rows.slice(down.start, down.end).map((row, i) => (
            <tr key={down.start + i} aria-rowindex={down.start + i + 2}>
              <td class="number quiet">{down.start + i + 1}</td>
              {across.before > 0 && <td />}
              {visible.map((column, j) => (
                <Cell key={across.start + j} column={column} value={row[across.start + j]} />
              ))}
              {across.after > 0 && <td />}
            </tr>
          ))}
          <tr class="spacer-row" style={{ height: `${down.after}px` }} />
        </tbody>
      </table>
    </section>
  );
}

interface HeadingProps {
  readonly column: SqlColumn;
  readonly at: number;
  readonly order: Order | null;
  readonly onOrder: (order: Order | null) => void;
}

/** Sorts up, then down, then as the server answered. */
function Heading({ column, at, order, onOrder }: HeadingProps) {
  const isSorted = order?.column === at;
  const isDescending = isSorted && order.isDescending;
  const next = isDescending ? null : { column: at, isDescending: isSorted };
  return (
    <th
      aria-colindex={at + 2}
      class={kindOf(column.type) === "number" ? "number" : undefined}
      aria-sort={isSorted ? (isDescending ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        class="sort"
        title={`${column.name}: ${column.type}`}
        onClick={() => onOrder(next)}
      >
        {column.name}
        {isSorted && <span aria-hidden="true">{isDescending ? " ↓" : " ↑"}</span>}
      </button>
    </th>
  );
}

function Cell({ column, value }: { column: SqlColumn; value: unknown }) {
  const text = cellText(value);
  const full = fullText(value);
  const isRun = column.name === "run_id" && typeof value === "string" && value !== "";
  return (
    <td
      class={kindOf(column.type) === "number" ? "number cut" : "cut"}
      title={full === text ? undefined : full}
    >
      {isRun ? <a href={hrefOf({ kind: "run", runId: value, tab: "overview" })}>{text}</a> : text}
    </td>
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z?$/;

/** Whole numbers are whole, as counts should be; times lose the letters of their form. */
function cellText(value: unknown): string {
  if (typeof value === "number") {
    return Number.isInteger(value) ? String(value) : formatNumber(value, DIGITS);
  }
  if (typeof value === "string" && INSTANT.test(value)) {
    return value
      .replace("T", " ")
      .replace(/(?:\.0*)?Z?$/, "")
      .replace(/(\.\d{3})\d+$/, "$1");
  }
  return formatCell(value);
}
