/** An experiment's runs: the table on the left, charts of the selected or newest runs right. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import { groupByPrefix } from "../base/names.ts";
import { saveFile } from "../chart/save-file.ts";
import { type LinePlan, runLines } from "../model/lines.ts";
import type { Layout } from "../model/route.ts";
import { colorIndex } from "../model/run.ts";
import { type ChartData, createChartData } from "../state/chart-data.ts";
import { CHARTED_MAX } from "../state/charted.ts";
import { toError } from "../state/resource.ts";
import { chartView, setView, view } from "../state/router.ts";
import {
  createRunsList,
  isDefaultOrder,
  LOADED_MAX,
  type RunsList,
  type RunsSource,
} from "../state/runs-list.ts";
import { exportCsv } from "../state/table-export.ts";
import { S } from "../strings.ts";
import { Empty, Problem } from "./bits.tsx";
import { MetricChart } from "./chart-card.tsx";
import { ChartControls, isSearched } from "./chart-controls.tsx";
import { ColumnsMenu } from "./columns-menu.tsx";
import { CompareLinks } from "./compare-links.tsx";
import { FilterBox } from "./filter-box.tsx";
import { GroupMenu } from "./group-menu.tsx";
import { useKeys } from "./keyboard.ts";
import { ArchivedToggle, BinToggle, SelectedActions } from "./runs-actions.tsx";
import { RunsTable } from "./runs-table.tsx";
import { ValuesCard } from "./values-card.tsx";
import { ViewsMenu } from "./views-menu.tsx";

export function RunsPage({ experiment }: { experiment: string }) {
  useEffect(() => {
    document.title = S.title(experiment);
  }, [experiment]);
  const source = useMemo(() => ({ experiment }), [experiment]);
  return <RunsSplit source={source} />;
}

const LAYOUTS: readonly Layout[] = ["table", "split", "charts"];

export function RunsSplit({ source }: { source: RunsSource }) {
  const list = useMemo(() => createRunsList(source), [source]);
  useEffect(() => list.dispose, [list]);
  const filter = useRef<HTMLInputElement>(null);
  useKeys(
    useMemo(() => ({ "/": () => filter.current?.focus(), r: () => setView({ zoom: null }) }), []),
  );
  const { layout } = view.value;
  const error = list.error.value;
  const isEmpty = !list.loading.value && list.rows.value.length === 0;
  const isNothing = !error && isEmpty && view.value.filter === "";
  return (
    <div class={`runs layout-${layout}`}>
      <div class="toolbar">
        <FilterBox list={list} inputRef={filter} />
        <RunsCount list={list} />
        <CompareLinks source={source} />
        <span class="spacer" />
        <ArchivedToggle />
        <BinToggle />
        {"experiment" in source && <ViewsMenu experiment={source.experiment} />}
        <GroupMenu list={list} />
        <ColumnsMenu list={list} />
        <ExportButton list={list} />
        <fieldset class="segments" aria-label={S.layout.title}>
          {LAYOUTS.map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={layout === one}
              onClick={() => setView({ layout: one })}
            >
              {S.layout[one]}
            </button>
          ))}
        </fieldset>
      </div>
      {error && <Problem error={error} retry={list.reload} />}
      {isNothing && "experiment" in source && (
        <Empty
          title={S.noRuns.title}
          text={S.noRuns.text}
          code={S.noRuns.code(source.experiment)}
        />
      )}
      {isNothing && "parent" in source && (
        <Empty title={S.noChildren.title} text={S.noChildren.text} code={S.noChildren.code} />
      )}
      {!isNothing && (
        <div class="split">
          {layout !== "charts" && <RunsTable list={list} />}
          {layout !== "table" && <ChartsPane list={list} />}
        </div>
      )}
    </div>
  );
}

function RunsCount({ list }: { list: RunsList }) {
  const fresh = list.newCount.value;
  const shown = list.runs.value.length;
  const total = list.totalCount.value ?? shown;
  const running = list.runs.value.filter((run) => run.status === "Running").length;
  const isCut = view.value.group.length > 0 && shown >= LOADED_MAX && shown < total;
  return (
    <span class="count" role="status">
      {S.runsShown(formatCount(total))}
      {running > 0 && ` · ${S.runningCount(running)}`}
      {isCut && ` · ${S.table.firstLoaded(formatCount(shown))}`}
      {list.selectedCount.value > 0 && (
        <button
          type="button"
          class="chip"
          title={S.table.clearSelection}
          onClick={() => setView({ selected: [] })}
        >
          {S.selected(list.selectedCount.value)}
          <span aria-hidden="true"> ✕</span>
        </button>
      )}
      <SelectedActions list={list} />
      {fresh > 0 ? (
        <button
          type="button"
          class="pill"
          onClick={() => list.reload()}
          title={isDefaultOrder() ? undefined : S.newMaybeHidden}
        >
          {S.newRuns(fresh)}
        </button>
      ) : (
        list.isReordered.value && (
          <button
            type="button"
            class="pill"
            onClick={() => list.reload()}
            title={S.table.newOrderTitle}
          >
            {S.table.newOrder}
          </button>
        )
      )}
    </span>
  );
}

function ExportButton({ list }: { list: RunsList }) {
  const isBusy = useSignal(false);
  const failure = useSignal<Error | null>(null);
  const save = async () => {
    isBusy.value = true;
    failure.value = null;
    try {
      const name = "experiment" in list.source ? list.source.experiment : "children";
      saveFile(new Blob([await exportCsv(list)], { type: "text/csv" }), `${name}.csv`);
    } catch (problem) {
      failure.value = toError(problem);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <button
      type="button"
      onClick={save}
      disabled={isBusy.value}
      title={failure.value ? S.problem(failure.value).advice : undefined}
    >
      {isBusy.value
        ? S.table.exporting
        : failure.value
          ? S.problem(failure.value).title
          : S.table.export}
    </button>
  );
}

function ChartsPane({ list }: { list: RunsList }) {
  const data = useMemo(
    () =>
      createChartData(chartView, (id) => {
        const row = list.rows.peek().find(({ run }) => run.runId === id);
        return row?.run.createdUs ?? 0;
      }),
    [list],
  );
  useEffect(() => data.dispose, [data]);
  const runs = list.charted.value;
  const key = runs.map((run) => `${run.runId} ${colorIndex(run)} ${run.name}`).join("\n");
  const lines = useMemo(() => runLines(runs), [key]);
  const names = list.metricNames.value.filter(isSearched);
  const groups = groupByPrefix(names, (name) => name);
  const chosen = list.selectedCount.value;
  return (
    <section class="charts-pane" aria-label={S.charts}>
      <ChartControls metrics={list.metricNames.value} />
      <p class="caption">
        {chosen > CHARTED_MAX
          ? S.firstOfSelected(CHARTED_MAX, chosen)
          : chosen > 0
            ? S.chartsOfSelected(chosen)
            : S.chartsOfNewest(runs.length)}
      </p>
      {data.error.value && <Problem error={data.error.value} retry={data.retry} />}
      {names.length === 0 && !list.loading.value && (
        <Empty
          title={view.value.search ? S.noMatch : S.noMetrics.title}
          code={view.value.search ? undefined : S.noMetrics.code}
        />
      )}
      {groups.map((group) => (
        <div class="chart-group" key={group.prefix}>
          {group.prefix && <h2>{group.prefix}</h2>}
          <div class="chart-grid">
            {group.items.map((metric) => (
              <RunsMetric key={metric} metric={metric} lines={lines} data={data} list={list} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

interface RunsMetricProps {
  readonly metric: string;
  readonly lines: readonly LinePlan[];
  readonly data: ChartData;
  readonly list: RunsList;
}

/** Lines, unless every run has a single value: those compare as bars. */
function RunsMetric({ metric, lines, data, list }: RunsMetricProps) {
  const items = lines.flatMap(({ id }) => {
    const item = list.summaries.of(id).value?.find(({ name }) => name === metric);
    return item ? [{ id, item }] : [];
  });
  if (items.some(({ item }) => item.count > 1)) {
    return <MetricChart metric={metric} lines={lines} data={data} />;
  }
  const values = items.flatMap(({ id, item }) => {
    const plan = lines.find((line) => line.id === id);
    return plan && typeof item.summary.last === "number"
      ? [{ plan, value: item.summary.last }]
      : [];
  });
  return <ValuesCard metric={metric} values={values} />;
}
