/** Everything that the run logged, drawn after its kind and grouped by the prefix of its name. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatCell } from "../base/format.ts";
import { groupByPrefix } from "../base/names.ts";
import type { MetricItem } from "../model/catalog.ts";
import { runLines } from "../model/lines.ts";
import { colorIndex, type Run } from "../model/run.ts";
import { listSeries, tableLines, valueCounts } from "../model/tables.ts";
import { type ChartData, createChartData } from "../state/chart-data.ts";
import { chartView, hrefOf } from "../state/router.ts";
import { createTable, createValues, type RunPage, refreshOn } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Bars } from "./bars.tsx";
import { Empty, Problem, Skeleton, Value } from "./bits.tsx";
import { MetricChart, PlainChart } from "./chart-card.tsx";
import { ChartControls, isSearched } from "./chart-controls.tsx";
import { useKeys } from "./keyboard.ts";
import { Gradually, Near } from "./near.tsx";
import { PublishedCard } from "./published-chart.tsx";
import { LatestImage } from "./run-images.tsx";

export function RunCharts({ data, run }: { data: RunPage; run: Run }) {
  const { runId, createdUs } = run;
  const chartData = useMemo(() => createChartData(chartView, () => createdUs), [runId, createdUs]);
  useEffect(() => chartData.dispose, [chartData]);
  const search = useRef<HTMLInputElement>(null);
  useKeys(useMemo(() => ({ "/": () => search.current?.focus() }), []));
  const items = data.metrics.value;
  if (!items) return <Skeleton rows={10} />;
  if (items.length === 0) return <Empty title={S.noMetrics.title} code={S.noMetrics.code} />;
  const axes = items.filter((item) => item.numeric && !isSingle(item)).map((item) => item.name);
  const groups = groupByPrefix(
    items.filter((item) => isSearched(item.name)),
    (item) => item.name,
  ).sort((a, b) => Number(hasLine(b.items)) - Number(hasLine(a.items)));
  return (
    <div class="run-charts">
      <ChartControls search={search} metrics={axes} />
      {chartData.error.value && <Problem error={chartData.error.value} retry={chartData.retry} />}
      {groups.length === 0 && <Empty title={S.noMatch} />}
      {groups.map((group) => (
        <Group key={group.prefix} {...group} data={data} run={run} chartData={chartData} />
      ))}
    </div>
  );
}

interface GroupProps {
  readonly prefix: string;
  readonly items: readonly MetricItem[];
  readonly data: RunPage;
  readonly run: Run;
  readonly chartData: ChartData;
}

function Group({ prefix, items, data, run, chartData }: GroupProps) {
  const single = items.filter(isSingle);
  const rest = items.filter((item) => !isSingle(item));
  const drawn = [
    ...rest.filter((item) => item.kind === "scalar"),
    ...rest.filter((item) => item.kind !== "scalar"),
  ];
  return (
    <div class="chart-group">
      {prefix && <h2>{prefix}</h2>}
      {single.length > 0 && (
        <dl class="kpis">
          {single.map((item) => (
            <div class="kpi" key={item.name}>
              <dt title={item.name}>{item.name}</dt>
              <dd>
                {item.numeric ? (
                  <Value of={item.summary.last} />
                ) : (
                  <TextValue data={data} name={item.name} />
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {drawn.length > 0 && (
        <div class="chart-grid">
          <Gradually items={drawn}>
            {(item) => (
              <Near key={item.name} title={item.name}>
                <KindCard item={item} data={data} run={run} chartData={chartData} />
              </Near>
            )}
          </Gradually>
        </div>
      )}
    </div>
  );
}

/** What moves while the run goes on comes before what is logged once. */
function hasLine(items: readonly MetricItem[]): boolean {
  return items.some((item) => item.kind === "scalar" && !isSingle(item));
}

/** One value is a number, not a chart. */
function isSingle(item: MetricItem): boolean {
  return item.kind === "scalar" && item.count === 1;
}

interface CardProps {
  readonly item: MetricItem;
  readonly data: RunPage;
  readonly run: Run;
  readonly chartData: ChartData;
}

function KindCard({ item, data, run, chartData }: CardProps) {
  const lines = useMemo(() => runLines([run]), [run.runId, run.name, colorIndex(run)]);
  switch (item.kind) {
    case "scalar":
      if (!item.numeric) return <CountsCard data={data} name={item.name} />;
      return (
        <MetricChart
          metric={item.name}
          lines={lines}
          data={chartData}
          note={formatCell(item.summary.last)}
        />
      );
    case "list":
      return <ListCard data={data} name={item.name} />;
    case "table":
      return <TableCard data={data} name={item.name} />;
    case "image":
      return <LatestImage data={data} name={item.name} />;
    case "chart":
      return <PublishedCard data={data} name={item.name} />;
  }
}

/** Summaries hold numbers alone, so the one text is fetched. */
function TextValue({ data, name }: { data: RunPage; name: string }) {
  const values = useMemo(() => createValues(data.runId, name), [data.runId, name]);
  useEffect(() => values.dispose, [values]);
  return <Value of={values.state.value.value?.[0]} />;
}

function ListCard({ data, name }: { data: RunPage; name: string }) {
  const values = useMemo(() => createValues(data.runId, name), [data.runId, name]);
  useEffect(() => {
    const stop = refreshOn(data, "lists", values.refresh);
    return () => {
      stop();
      values.dispose();
    };
  }, [data, values]);
  const { value, error } = values.state.value;
  const lines = useMemo(() => (value ? [{ name, series: listSeries(value) }] : []), [value, name]);
  if (error) return <BrokenCard title={name} error={error} retry={values.refresh} />;
  if (!value) return <LoadingCard title={name} />;
  if (lines[0].series.x.length === 0) return <CountsOf title={name} values={value} />;
  return <PlainChart title={name} lines={lines} xName={S.overIndex} />;
}

function TableCard({ data, name }: { data: RunPage; name: string }) {
  const table = useMemo(() => createTable(data.runId, name), [data.runId, name]);
  useEffect(() => {
    const stop = refreshOn(data, "tables", table.refresh);
    return () => {
      stop();
      table.dispose();
    };
  }, [data, table]);
  const { value, error } = table.state.value;
  const drawn = useMemo(() => (value ? tableLines(value.columns) : null), [value]);
  if (error) return <BrokenCard title={name} error={error} retry={table.refresh} />;
  if (!value) return <LoadingCard title={name} />;
  if (!drawn) {
    return (
      <article class="card chart">
        <header>
          <h3 title={name}>{name}</h3>
          <span class="note">{S.rows(value.rowCount)}</span>
        </header>
        <p class="card-text">
          {S.notNumeric}{" "}
          <a href={hrefOf({ kind: "run", runId: data.runId, tab: "tables" }, { open: name })}>
            {S.openTable}
          </a>
        </p>
      </article>
    );
  }
  const shown = value.columns[0]?.values.length ?? 0;
  const note = shown < value.rowCount ? S.firstRows(shown, value.rowCount) : undefined;
  return <PlainChart title={name} lines={drawn.lines} xName={drawn.xName} note={note} />;
}

function CountsCard({ data, name }: { data: RunPage; name: string }) {
  const values = useMemo(() => createValues(data.runId, name), [data.runId, name]);
  const count = data.metrics.value?.find((item) => item.name === name)?.count;
  useEffect(() => values.refresh(), [count, values]);
  useEffect(() => values.dispose, [values]);
  const { value, error } = values.state.value;
  if (error) return <BrokenCard title={name} error={error} retry={values.refresh} />;
  return value ? <CountsOf title={name} values={value} /> : <LoadingCard title={name} />;
}

function CountsOf({ title, values }: { title: string; values: Parameters<typeof valueCounts>[0] }) {
  const counts = useMemo(() => valueCounts(values), [values]);
  const most = counts[0]?.count ?? 1;
  return (
    <article class="card chart">
      <header>
        <h3 title={title}>{title}</h3>
        <span class="note">{S.counts}</span>
      </header>
      <Bars
        bars={counts.map(({ text, count }) => ({
          id: text,
          text,
          share: count / most,
          value: count,
        }))}
      />
    </article>
  );
}

function LoadingCard({ title }: { title: string }) {
  return (
    <article class="card chart">
      <header>
        <h3 title={title}>{title}</h3>
      </header>
      <div class="plot-box">
        <p class="plot-note">{S.loading}</p>
      </div>
    </article>
  );
}

function BrokenCard({ title, error, retry }: { title: string; error: Error; retry: () => void }) {
  return (
    <article class="card chart">
      <header>
        <h3 title={title}>{title}</h3>
      </header>
      <Problem error={error} retry={retry} />
    </article>
  );
}
