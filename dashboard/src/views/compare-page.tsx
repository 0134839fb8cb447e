/** Several runs beside each other: their charts, parameters, tables, images and texts. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { COMPARE_TABS, type CompareTab } from "../model/compare-view.ts";
import type { Run } from "../model/run.ts";
import {
  CHOSEN_MAX,
  type Comparison,
  createChosen,
  createFiltered,
  type FilteredRuns,
} from "../state/compare.ts";
import { hrefOf, setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";
import { CompareCharts } from "./compare-charts.tsx";
import { CompareCode } from "./compare-code.tsx";
import { CompareImages } from "./compare-images.tsx";
import { CompareParameters } from "./compare-parameters.tsx";
import { AddRun, RunChips } from "./compare-runs.tsx";
import { CompareTables } from "./compare-tables.tsx";
import { CompareText } from "./compare-text.tsx";
import { FilterBox } from "./filter-box.tsx";
import { useKeys } from "./keyboard.ts";
import type { OpenRun } from "./run-page.tsx";
import { Tabs } from "./tabs.tsx";

export interface ComparePageProps {
  readonly tab: CompareTab;
  /** Tells the frame what is open. */
  readonly onOpen: (open: OpenRun | null) => void;
}

export function ComparePage({ tab, onOpen }: ComparePageProps) {
  const { experiment } = view.value.compare;
  useKeys(useMemo(() => ({ r: () => setView({ zoom: null }) }), []));
  useEffect(() => {
    document.title = S.title(S.compare.title);
  }, []);
  return experiment ? (
    <FilteredPage key={experiment} experiment={experiment} onOpen={onOpen} />
  ) : (
    <ChosenPage tab={tab} onOpen={onOpen} />
  );
}

type OnOpen = ComparePageProps["onOpen"];

function useOpen(experiment: string, onOpen: OnOpen): void {
  useEffect(() => {
    onOpen({ name: S.compare.title, experiment, parentId: null });
    return () => onOpen(null);
  }, [experiment, onOpen]);
}

function ChosenPage({ tab, onOpen }: ComparePageProps) {
  const data = useMemo(createChosen, []);
  useEffect(() => data.dispose, [data]);
  const names = new Set(data.runs.value.map((run) => run.experiment));
  useOpen(names.size === 1 ? [...names][0] : "", onOpen);
  return (
    <div class={tab === "tables" ? "page compare fills" : "page compare"}>
      <ChosenHead data={data} />
      {data.error.value && <Problem error={data.error.value} retry={data.reload} />}
      <CompareTabs tab={tab} />
      <ChosenBody data={data} tab={tab} />
    </div>
  );
}

function FilteredPage({ experiment, onOpen }: { experiment: string; onOpen: OnOpen }) {
  const data = useMemo(() => createFiltered(experiment), [experiment]);
  useEffect(() => data.dispose, [data]);
  useOpen(experiment, onOpen);
  return (
    <div class="page compare">
      <FilteredHead data={data} experiment={experiment} />
      {data.error.value && <Problem error={data.error.value} retry={data.reload} />}
      <FilteredBody data={data} />
    </div>
  );
}

function ChosenHead({ data }: { data: Comparison }) {
  const runs = data.runs.value;
  const asked = view.value.compare.runs.length;
  const missing = data.missing.value;
  return (
    <header class="compare-head">
      <div class="compare-line">
        <h1>{S.compare.title}</h1>
        <span class="count">{S.compare.runs(runs.length)}</span>
        <AddRun runs={runs} />
      </div>
      {asked > CHOSEN_MAX && <p class="caption">{S.compare.firstRuns(CHOSEN_MAX, asked)}</p>}
      {missing.length > 0 && !data.loading.value && (
        <p class="caption" role="alert">
          {S.compare.missing(missing)}
        </p>
      )}
      <RunChips runs={runs} />
    </header>
  );
}

function FilteredHead({ data, experiment }: { data: FilteredRuns; experiment: string }) {
  const { filter } = view.value;
  const box = useRef<HTMLInputElement>(null);
  useKeys(useMemo(() => ({ "/": () => box.current?.focus() }), []));
  const fresh = data.newCount.value;
  const count = data.runs.value.length;
  return (
    <header class="compare-head">
      <div class="compare-line">
        <h1>{S.compare.parameters}</h1>
        <FilterBox list={data} inputRef={box} />
        <span class="count">
          {data.loading.value && count === 0
            ? S.loading
            : data.hasMore.value
              ? S.compare.newestRuns(count)
              : S.compare.runs(count)}
        </span>
        {fresh > 0 && (
          <button type="button" class="pill" onClick={data.reload}>
            {S.newRuns(fresh)}
          </button>
        )}
        <a class="button" href={hrefOf({ kind: "runs", experiment }, { filter })}>
          {S.compare.toTable}
        </a>
      </div>
    </header>
  );
}

function CompareTabs({ tab }: { tab: CompareTab }) {
  const { x, logX, logY, smoothing, search, compare } = view.value;
  const kept = { x, logX, logY, smoothing, search, compare };
  return (
    <Tabs label={S.compare.tabsLabel} open={tab}>
      {COMPARE_TABS.map((one) => (
        <a
          key={one}
          href={hrefOf({ kind: "compare", tab: one }, kept)}
          aria-current={one === tab ? "page" : undefined}
        >
          {S.compare.tabs[one]}
        </a>
      ))}
    </Tabs>
  );
}

function FilteredBody({ data }: { data: Comparison }) {
  if (data.runs.value.length > 0) return <CompareParameters data={data} />;
  if (data.error.value) return null;
  if (data.loading.value) return <Skeleton rows={12} />;
  return <Empty title={S.filter.nothing} text={S.filter.nothingAdvice} />;
}

function ChosenBody({ data, tab }: { data: Comparison; tab: CompareTab }) {
  const runs = data.runs.value;
  const key = runs.map((run) => `${run.runId} ${run.name} ${run.number}`).join("\n");
  // Live points change the runs many times a second; who they are changes rarely.
  const who = useMemo(() => runs, [key]);
  if (data.error.value && runs.length === 0) return null;
  if (data.loading.value && runs.length === 0) return <Skeleton rows={12} />;
  if (runs.length === 0) return <Empty {...S.compare.nothing} />;
  return <Tab data={data} who={who} tab={tab} />;
}

function Tab({ data, who, tab }: { data: Comparison; who: readonly Run[]; tab: CompareTab }) {
  switch (tab) {
    case "charts":
      return <CompareCharts data={data} who={who} />;
    case "parameters":
      return <CompareParameters data={data} />;
    case "tables":
      return <CompareTables data={data} who={who} />;
    case "images":
      return <CompareImages who={who} />;
    case "text":
      return <CompareText data={data} who={who} />;
    case "code":
      return <CompareCode who={who} />;
  }
}
