/** The lines of the runs table: runs, and above each group of them a line that sums it up. */

import { formatCell } from "../base/format.ts";
import { formatDuration } from "../base/time.ts";
import { cellValue, columnTitle, type RunColumn } from "./columns.ts";
import type { RunRow } from "./rows.ts";
import { type Run, runDuration } from "./run.ts";

export interface RunLine {
  readonly kind: "run";
  readonly key: string;
  readonly run: Run;
  readonly depth: number;
}

export interface GroupLine {
  readonly kind: "group";
  /** Tells groups apart, also across reloads: the values that lead to it. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  /** Runs of the group at the outermost level of the table, without children. */
  readonly runs: readonly Run[];
  readonly depth: number;
  readonly isFolded: boolean;
}

export type TableLine = RunLine | GroupLine;

export interface Grouping {
  readonly columns: readonly RunColumn[];
  readonly folded: ReadonlySet<string>;
}

/**
 * The rows under their groups, by the first column, within it by the second and so on. A group
 * stands where its first run would; runs keep their order within it. Children stay with parents.
 */
export function tableLines(rows: readonly RunRow[], grouping: Grouping): TableLine[] {
  const families = familiesOf(rows);
  return grouping.columns.length === 0
    ? families.flat().map((row) => runLine(row, 0))
    : groupedLines(families, grouping, 0, "");
}

/** The value by which runs are put together, as it is shown. */
export function groupText(run: Run, column: RunColumn): string {
  if (column.kind === "attribute") {
    if (column.name === "created" || column.name === "started" || column.name === "ended") {
      return dayOf(cellValue(run, column));
    }
    if (column.name === "duration") {
      const length = runDuration(run, run.seenUs ?? run.createdUs);
      return length === null ? NONE : formatDuration(length);
    }
    if (column.name === "tags") {
      const tags = Object.entries(run.tags).map(([k, v]) => (v === null ? k : `${k}: ${v}`));
      return tags.sort().join(", ") || NONE;
    }
  }
  return formatCell(cellValue(run, column));
}

const NONE = "–";

/** Each row of the outermost level with the rows below it. */
function familiesOf(rows: readonly RunRow[]): RunRow[][] {
  const families: RunRow[][] = [];
  for (const row of rows) {
    if (row.depth === 0 || families.length === 0) families.push([row]);
    else families[families.length - 1].push(row);
  }
  return families;
}

function groupedLines(
  families: readonly RunRow[][],
  { columns, folded }: Grouping,
  depth: number,
  path: string,
): TableLine[] {
  const column = columns[depth];
  if (!column) return families.flat().map((row) => runLine(row, depth));
  const groups = new Map<string, RunRow[][]>();
  for (const family of families) {
    const text = groupText(family[0].run, column);
    const group = groups.get(text);
    if (group) group.push(family);
    else groups.set(text, [family]);
  }
  return [...groups].flatMap(([text, members]) => {
    const key = `${path}${encodeURIComponent(`${column.id}=${text}`)}`;
    const isFolded = folded.has(key);
    const line: GroupLine = {
      kind: "group",
      key,
      title: columnTitle(column),
      text,
      runs: members.map((family) => family[0].run),
      depth,
      isFolded,
    };
    if (isFolded) return [line];
    return [line, ...groupedLines(members, { columns, folded }, depth + 1, `${key}/`)];
  });
}

function runLine({ run, depth }: RunRow, groupDepth: number): RunLine {
  return { kind: "run", key: run.runId, run, depth: depth + groupDepth };
}

function dayOf(us: unknown): string {
  return typeof us === "number" ? new Date(us / 1000).toISOString().slice(0, 10) : NONE;
}
