/** The lines of the runs table. */
import { useComputed } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useMemo } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatCount, formatNumber } from "../base/format.ts";
import { formatDuration } from "../base/time.ts";
import { spreadOf } from "../model/cells.ts";
import { cellValue, isNumberColumn, type RunColumn } from "../model/columns.ts";
import type { GroupLine, RunLine } from "../model/grouping.ts";
import { colorIndex, type Run, shortName } from "../model/run.ts";
import type { PlacedColumn } from "../model/table-layout.ts";
import { hoveredRun } from "../state/hover.ts";
import { hrefOf } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import type { Sparks } from "../state/sparks.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Ago, Duration, StatusMark, Swatch, Tags, Value } from "./bits.tsx";
import { titleOf } from "./column-title.ts";
import { RunMenuButton } from "./run-actions.tsx";
import { Sparkline } from "./sparkline.tsx";
import type { ShownColumns } from "./table-columns.ts";

/** What the lines of a table share. */
export interface TableParts {
  readonly list: RunsList;
  readonly sparks: Sparks;
  readonly shown: ShownColumns;
  /** Whether any run can be opened: else no room is kept for the button. */
  readonly hasChildren: boolean;
  readonly select: (ids: readonly string[], withShift: boolean) => void;
  readonly fold: (key: string) => void;
}

const INDENT = 20;
/** Two numbers side by side have less room than one. */
const RANGE_DIGITS = 3;

interface RunLineProps {
  readonly line: RunLine;
  readonly parts: TableParts;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isCursor: boolean;
}

export function RunRowView({ line, parts, index, isSelected, isCursor }: RunLineProps) {
  const { run, depth } = line;
  const isHovered = useComputed(() => hoveredRun.value === run.runId).value;
  const isOpen = parts.list.open.value.has(run.runId);
  const color = SERIES_COLORS[theme.value][colorIndex(run)];
  // A run that did not change keeps its row, whatever happens to others.
  return useMemo(
    () => (
      <tr
        id={rowId(line.key)}
        class={classOf([
          run.archived && "archived",
          isSelected && "selected",
          isHovered && "hovered",
          isCursor && "cursor",
        ])}
        aria-selected={isSelected}
        aria-rowindex={index}
        onMouseEnter={() => {
          hoveredRun.value = run.runId;
        }}
        onMouseLeave={() => {
          hoveredRun.value = null;
        }}
      >
        <td class="col-name" style={{ paddingLeft: `${8 + depth * INDENT}px` }} aria-colindex={1}>
          <div class="name-cell">
            <SelectBox
              label={S.selectRun(run.name)}
              isChecked={isSelected}
              onToggle={(withShift) => parts.select([run.runId], withShift)}
            />
            {parts.hasChildren && (
              <Expander run={run} isOpen={isOpen} toggle={() => parts.list.toggleOpen(run.runId)} />
            )}
            <Swatch color={color} />
            <a href={hrefOf({ kind: "run", runId: run.runId, tab: "overview" })} title={run.name}>
              {shortName(run)}
            </a>
            <RunMenuButton run={run} />
          </div>
        </td>
        <Cells
          shown={parts.shown}
          cell={({ column }) => <RunCell run={run} column={column} sparks={parts.sparks} />}
          isNumber={(column) => isNumberColumn(column, parts.list.fields.items.value)}
        />
      </tr>
    ),
    [line.key, run, depth, parts, index, isSelected, isHovered, isCursor, isOpen, color],
  );
}

interface GroupLineProps {
  readonly line: GroupLine;
  readonly parts: TableParts;
  readonly index: number;
  readonly selected: ReadonlySet<string>;
  readonly isCursor: boolean;
}

export function GroupRowView({ line, parts, index, selected, isCursor }: GroupLineProps) {
  const { runs, title, text, depth, isFolded } = line;
  const name = S.table.groupOf(title, text);
  const count = runs.filter((run) => selected.has(run.runId)).length;
  return (
    <tr
      id={rowId(line.key)}
      class={classOf(["group-row", isCursor && "cursor"])}
      aria-rowindex={index}
    >
      <td class="col-name" style={{ paddingLeft: `${8 + depth * INDENT}px` }} aria-colindex={1}>
        <SelectBox
          label={S.table.selectGroup(name)}
          isChecked={count === runs.length}
          isPartly={count > 0 && count < runs.length}
          onToggle={() =>
            parts.select(
              runs.map((run) => run.runId),
              false,
            )
          }
        />
        <button
          type="button"
          class="expander"
          aria-expanded={!isFolded}
          aria-label={isFolded ? S.table.unfold(name) : S.table.fold(name)}
          onClick={() => parts.fold(line.key)}
        >
          {isFolded ? "▸" : "▾"}
        </button>
        <span class="group-title" title={name}>
          <span class="quiet">{title}</span> {text}
        </span>
        <span class="group-count" title={S.table.runs(runs.length)}>
          {formatCount(runs.length)}
        </span>
      </td>
      <Cells
        shown={parts.shown}
        cell={({ column }) => <GroupCell runs={runs} column={column} />}
        isNumber={(column) => isNumberColumn(column, parts.list.fields.items.value)}
      />
    </tr>
  );
}

/** Where assistive technology finds the row that the keys are at. */
export function rowId(key: string): string {
  return `row-${encodeURIComponent(key)}`;
}

interface CellsProps {
  readonly shown: ShownColumns;
  readonly cell: (placed: PlacedColumn) => ComponentChild;
  readonly isNumber: (column: RunColumn) => boolean;
}

function Cells({ shown, cell, isNumber }: CellsProps) {
  const { layout, visible, start, before } = shown;
  return (
    <>
      {layout.pinned.map((placed, at) => (
        <td
          key={placed.column.id}
          class={classOf(["pinned", isNumber(placed.column) && "number"])}
          style={{ left: `${placed.left}px` }}
          aria-colindex={at + 2}
        >
          {cell(placed)}
        </td>
      ))}
      {before > 0 && <td class="spacer" />}
      {visible.map((placed, at) => (
        <td
          key={placed.column.id}
          class={classOf([isNumber(placed.column) && "number"])}
          aria-colindex={layout.pinned.length + start + at + 2}
        >
          {cell(placed)}
        </td>
      ))}
      <td class="spacer" />
    </>
  );
}

function RunCell({ run, column, sparks }: { run: Run; column: RunColumn; sparks: Sparks }) {
  if (column.kind === "metric" && column.aggregate === "last") {
    return (
      <>
        <Sparkline series={sparks.of(run.runId, column.name)} />
        <Value of={cellValue(run, column)} />
      </>
    );
  }
  if (column.kind !== "attribute") return <Value of={cellValue(run, column)} />;
  switch (column.name) {
    case "status":
      return <StatusMark status={run.status} reason={run.statusReason} />;
    case "duration":
      return <Duration run={run} />;
    case "created":
      return <Ago at={run.createdUs} />;
    case "started":
      return <Ago at={run.startedUs} />;
    case "ended":
      return <Ago at={run.endedUs} />;
    case "tags":
      return <Tags tags={run.tags} />;
    default:
      return <Value of={cellValue(run, column)} />;
  }
}

/** The mean large, what it is the mean of small below. */
function GroupCell({ runs, column }: { runs: readonly Run[]; column: RunColumn }) {
  if (column.kind === "attribute" && column.name !== "duration") return null;
  const spread = spreadOf(runs.map((run) => cellValue(run, column)));
  if (!spread) return null;
  const isLength = column.kind === "attribute";
  const [mean, min, max] = [spread.mean, spread.min, spread.max].map((value, at) =>
    isLength ? formatLength(value) : formatNumber(value, at === 0 ? undefined : RANGE_DIGITS),
  );
  const range = spread.min === spread.max ? "" : `${min} … ${max}`;
  return (
    <span
      class="spread"
      title={`${titleOf(column)}: ${S.table.spread(mean, min, max, formatCount(spread.count))}`}
    >
      <span>{mean}</span>
      {range && <span class="range">{range}</span>}
    </span>
  );
}

function formatLength(us: number): string {
  return formatDuration(us as Parameters<typeof formatDuration>[0]);
}

interface SelectBoxProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly isPartly?: boolean;
  readonly onToggle: (withShift: boolean) => void;
}

/** A change event does not say whether Shift is held; the click before it does. */
let withShift = false;

function SelectBox({ label, isChecked, isPartly, onToggle }: SelectBoxProps) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={isChecked}
      indeterminate={isPartly}
      onClick={(event) => {
        withShift = event.shiftKey;
      }}
      onChange={() => onToggle(withShift)}
    />
  );
}

function Expander({ run, isOpen, toggle }: { run: Run; isOpen: boolean; toggle: () => void }) {
  if (run.childCount === 0) return <span class="expander" />;
  return (
    <button
      type="button"
      class="expander"
      aria-expanded={isOpen}
      aria-label={S.childrenOf(run.name, run.childCount)}
      title={S.childrenOf(run.name, run.childCount)}
      onClick={toggle}
    >
      {isOpen ? "▾" : "▸"}
    </button>
  );
}

function classOf(names: readonly (string | false | undefined)[]): string | undefined {
  return names.filter(Boolean).join(" ") || undefined;
}
