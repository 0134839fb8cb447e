/** Everything of the runs in one table, a column a run; what differs comes first. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatNumber } from "../base/format.ts";
import { formatDuration, formatInstant } from "../base/time.ts";
import { toggled } from "../model/choice.ts";
import { STATISTICS } from "../model/compare-view.ts";
import { type ComparedRow, comparedRows, deltaFrom, differingCells } from "../model/differences.ts";
import { flatConfig } from "../model/dimensions.ts";
import { type Run, runDuration, shortName } from "../model/run.ts";
import type { Cell } from "../model/tables.ts";
import { type Comparison, setCompare } from "../state/compare.ts";
import { createTableLists } from "../state/compare-record.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Empty, Swatch, Value } from "./bits.tsx";
import { LoggedTables, tableNames } from "./compare-logged.tsx";
import { colorOfRun } from "./compare-runs.tsx";
import { useVirtualRows } from "./virtual.ts";

const ROW_HEIGHT = 28;

const SECTIONS = ["config", "tags", "environment", "metrics"] as const;

type Section = (typeof SECTIONS)[number];

type Line =
  | {
      readonly kind: "head";
      readonly section: Section;
      readonly count: number;
      readonly all: number;
    }
  | { readonly kind: "row"; readonly section: Section; readonly row: ComparedRow };

export function CompareTables({ data, who }: { data: Comparison; who: readonly Run[] }) {
  const ids = useMemo(() => who.map((run) => run.runId), [who]);
  const lists = useMemo(() => createTableLists(ids), [ids]);
  useEffect(() => lists.dispose, [lists]);
  const names = tableNames(lists.values.value);
  const { open } = view.value;
  const { statistic, onlyDifferences } = view.value.compare;
  return (
    <div class="compare-tables">
      <div class="controls">
        <fieldset class="segments" aria-label={S.compare.tablesOf}>
          <button type="button" aria-pressed={open === ""} onClick={() => setView({ open: "" })}>
            {S.compare.values}
          </button>
          <button
            type="button"
            aria-pressed={open !== ""}
            disabled={names.length === 0 && open === ""}
            onClick={() => setView({ open: names[0] })}
          >
            {S.compare.logged(names.length)}
          </button>
        </fieldset>
        {open === "" && (
          <fieldset class="segments" aria-label={S.compare.statistic}>
            {STATISTICS.map((one) => (
              <button
                type="button"
                key={one}
                aria-pressed={statistic === one}
                onClick={() => setCompare({ statistic: one })}
              >
                {one}
              </button>
            ))}
          </fieldset>
        )}
        <label>
          <input
            type="checkbox"
            checked={onlyDifferences}
            onChange={(event) => setCompare({ onlyDifferences: event.currentTarget.checked })}
          />
          <span>{S.compare.onlyDifferences}</span>
        </label>
        <BaselinePicker runs={who} />
      </div>
      {open === "" ? (
        <Values runs={data.runs.value} />
      ) : (
        <LoggedTables runs={who} lists={lists} names={names} />
      )}
    </div>
  );
}

export function BaselinePicker({ runs }: { runs: readonly Run[] }) {
  return (
    <label>
      <span>{S.compare.baseline}</span>
      <select
        value={view.value.compare.baseline}
        onChange={(event) => setCompare({ baseline: event.currentTarget.value })}
      >
        <option value="">{S.compare.none}</option>
        {runs.map((run) => (
          <option key={run.runId} value={run.runId}>
            {run.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Values({ runs }: { runs: readonly Run[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { statistic, onlyDifferences, closed, baseline } = view.value.compare;
  const base = runs.findIndex((run) => run.runId === baseline);
  const bySection = useMemo(
    () => ({
      config: comparedRows(runs.map((run) => flatConfig(run.config))),
      tags: comparedRows(runs.map((run) => new Map(Object.entries(run.tags)))),
      environment: comparedRows(runs.map(environmentOf)),
      metrics: comparedRows(
        runs.map((run) => {
          const entries = Object.entries(run.metrics);
          return new Map(entries.map(([name, summary]) => [name, summary[statistic]]));
        }),
      ),
    }),
    [runs, statistic],
  );
  const lines = SECTIONS.flatMap((section): Line[] => {
    const all = bySection[section];
    const rows = onlyDifferences ? all.filter((row) => row.differs) : all;
    if (all.length === 0) return [];
    const head: Line = { kind: "head", section, count: rows.length, all: all.length };
    if (closed.includes(`#${section}`)) return [head];
    return [head, ...rows.map((row): Line => ({ kind: "row", section, row }))];
  });
  const virtual = useVirtualRows(scroller, lines.length, ROW_HEIGHT);
  if (lines.length === 0) return <Empty title={S.compare.noValues} />;
  return (
    <section class="table-scroll" ref={scroller} tabIndex={0} aria-label={S.compare.values}>
      <table class="plain compared" aria-rowcount={lines.length}>
        <thead>
          <tr>
            <th class="key">{S.compare.key}</th>
            {runs.map((run, i) => (
              <th key={run.runId} class="number">
                <span class="run-column" title={run.name}>
                  <Swatch color={colorOfRun(run)} />
                  <span>{shortName(run)}</span>
                  {i === base && <span title={S.compare.baseline}>★</span>}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="spacer-row" style={{ height: `${virtual.before}px` }} />
          {lines
            .slice(virtual.start, virtual.end)
            .map((line) =>
              line.kind === "head" ? (
                <SectionHead key={`#${line.section}`} line={line} span={runs.length} />
              ) : (
                <ValueRow key={`${line.section} ${line.row.key}`} line={line} base={base} />
              ),
            )}
          <tr class="spacer-row" style={{ height: `${virtual.after}px` }} />
        </tbody>
      </table>
    </section>
  );
}

function SectionHead({ line, span }: { line: Extract<Line, { kind: "head" }>; span: number }) {
  const { closed } = view.value.compare;
  const id = `#${line.section}`;
  return (
    <tr class="section-row">
      <th class="key" scope="rowgroup">
        <button
          type="button"
          class="fold"
          aria-expanded={!closed.includes(id)}
          onClick={() => setCompare({ closed: toggled(closed, id) })}
        >
          {S.compare.sections[line.section]}
          <span class="badge">
            {line.count < line.all ? S.compare.ofAll(line.count, line.all) : line.all}
          </span>
        </button>
      </th>
      <td colSpan={span} />
    </tr>
  );
}

function ValueRow({ line, base }: { line: Extract<Line, { kind: "row" }>; base: number }) {
  const { key, cells, differs } = line.row;
  const marked = differs ? differingCells(cells, base) : null;
  const isMetric = line.section === "metrics";
  return (
    <tr class={differs ? undefined : "same"}>
      <th class="key" scope="row" title={key}>
        {key}
      </th>
      {cells.map((cell, i) => (
        <td key={i} class={marked?.[i] ? "number differs" : "number"}>
          {cell === undefined ? <span class="quiet">{S.compare.absent}</span> : <Value of={cell} />}
          {base >= 0 && i !== base && (isMetric || line.section === "config") && (
            <DeltaText from={cells[base]} to={cell} />
          )}
        </td>
      ))}
    </tr>
  );
}

/** How far from the baseline; whether that is good is for the reader to say. */
function DeltaText({ from, to }: { from: Cell | undefined; to: Cell | undefined }) {
  const delta = deltaFrom(from, to);
  if (!delta || delta.absolute === 0) return null;
  const { absolute, relative } = delta;
  return (
    <span class="delta" title={String(absolute)}>
      {signed(formatNumber(absolute), absolute)}
      {relative !== null &&
        ` (${signed(formatNumber(Number((relative * 100).toPrecision(3))), relative)} %)`}
    </span>
  );
}

function signed(text: string, value: number): string {
  return value > 0 ? `+${text}` : text;
}

function environmentOf(run: Run): ReadonlyMap<string, Cell> {
  // Of a run that goes on the duration would change every second.
  const length = run.endedUs === null ? null : runDuration(run, run.endedUs);
  const facts: Readonly<Record<string, Cell>> = {
    [S.columns.status]: S.status[run.status] ?? run.status,
    [S.compare.experiment]: run.experiment,
    [S.run.created]: formatInstant(run.createdUs),
    [S.run.duration]: length === null ? null : formatDuration(length),
    [S.run.user]: run.user,
    [S.run.host]: run.host,
    [S.run.target]: run.target,
    [S.run.type]: run.runType,
    [S.run.parent]: run.parentId,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  return new Map<string, Cell>([...known, ...Object.entries(run.properties)]);
}
