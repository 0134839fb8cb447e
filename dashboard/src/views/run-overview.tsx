/** In one screen: is it alive, how far, what are its numbers, and what went wrong. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatCell, formatCount } from "../base/format.ts";
import type { MetricItem } from "../model/catalog.ts";
import { runLines } from "../model/lines.ts";
import { colorIndex, type Run } from "../model/run.ts";
import { sparkPath } from "../model/spark.ts";
import { seriesFor } from "../model/variants.ts";
import { type ChartData, createChartData } from "../state/chart-data.ts";
import { editRun } from "../state/edits.ts";
import { createLogEnd } from "../state/log-view.ts";
import { chartView, hrefOf } from "../state/router.ts";
import { type RunPage, refreshOn } from "../state/run-page.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Ago, Duration, Empty, Section, Skeleton, Value } from "./bits.tsx";
import { MetricChart } from "./chart-card.tsx";
import { LogText } from "./log-text.tsx";
import { EditableDescription } from "./run-edit.tsx";
import { RunFacts } from "./run-facts.tsx";

const KEY_NUMBERS_MAX = 12;

export function RunOverview({ data, run }: { data: RunPage; run: Run }) {
  const metrics = data.metrics.value;
  const numbers = metrics?.filter((item) => item.kind === "scalar");
  const { runId, createdUs } = run;
  const charts = useMemo(() => createChartData(chartView, () => createdUs), [runId, createdUs]);
  useEffect(() => charts.dispose, [charts]);
  return (
    <div class="overview">
      {run.status === "Failed" && <Failure data={data} run={run} />}
      {run.status === "NotResponding" && (
        <div class="problem">
          <p class="problem-title">{S.run.notResponding}</p>
          <p>{S.run.notRespondingAdvice}</p>
        </div>
      )}
      <Vitals run={run} numbers={numbers ?? []} />
      <EditableDescription
        text={run.description}
        save={(description) => editRun(run, { description })}
      />
      <div class="overview-grid">
        <Section
          title={S.run.keyNumbers}
          aside={
            numbers && numbers.length > 0 ? (
              <a href={hrefOf({ kind: "run", runId, tab: "charts" })}>{S.run.allCharts}</a>
            ) : null
          }
        >
          {!numbers && <Skeleton rows={6} />}
          {numbers?.length === 0 && <Empty title={S.noMetrics.title} code={S.noMetrics.code} />}
          {numbers && numbers.length > 0 && <KeyNumbers run={run} items={numbers} data={charts} />}
          {numbers && <FirstCharts run={run} items={numbers} data={charts} />}
        </Section>
        <RunFacts data={data} run={run} />
      </div>
    </div>
  );
}

/** What one looks for first while a run goes on. */
function Vitals({ run, numbers }: { run: Run; numbers: readonly MetricItem[] }) {
  const steps = numbers.flatMap(({ summary }) => summary.lastStep ?? []);
  const points = numbers.reduce((sum, item) => sum + item.count, 0);
  return (
    <dl class="vitals">
      <Vital name={S.run.duration}>
        <Duration run={run} />
      </Vital>
      <Vital name={S.runPage.lastStep}>
        {steps.length > 0 ? formatCount(Math.max(...steps)) : "–"}
      </Vital>
      <Vital name={S.runPage.points}>{formatCount(points)}</Vital>
      <Vital name={S.run.seen}>
        <Ago at={run.seenUs} />
      </Vital>
    </dl>
  );
}

function Vital({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const CHARTS_MAX = 4;

interface NumbersProps {
  readonly run: Run;
  readonly items: readonly MetricItem[];
  readonly data: ChartData;
}

/** The first lines, so that one sees at a glance whether the run moves. */
function FirstCharts({ run, items, data }: NumbersProps) {
  const lines = useMemo(() => runLines([run]), [run.runId, run.name, colorIndex(run)]);
  const drawn = items.filter((item) => item.numeric && item.count > 1).slice(0, CHARTS_MAX);
  return (
    <div class="chart-grid first-charts">
      {drawn.map(({ name, summary }) => (
        <MetricChart
          key={name}
          metric={name}
          lines={lines}
          data={data}
          note={formatCell(summary.last)}
        />
      ))}
    </div>
  );
}

function Failure({ data, run }: { data: RunPage; run: Run }) {
  const error = run.error ?? {};
  const message = String(error.message ?? run.statusReason ?? "");
  const type = error.type ?? error.code;
  const detail = error.traceback ?? error.details;
  const logs = data.logs.state.value.value ?? [];
  const log =
    logs.find(({ file }) => /err/i.test(file)) ??
    logs.find(({ file }) => /std/i.test(file)) ??
    logs[0];
  return (
    <div class="problem">
      <p class="problem-title">{S.run.failed}</p>
      {(type || message) && (
        <p class="problem-text">
          {type ? <strong>{String(type)}: </strong> : null}
          {message}
        </p>
      )}
      {typeof detail === "string" && <pre class="problem-detail">{detail}</pre>}
      {typeof error.output === "string" && !log && (
        <>
          <p>{S.job.lastOutput}</p>
          <pre class="problem-detail">{error.output}</pre>
        </>
      )}
      {log && <LastLines data={data} file={log.file} />}
    </div>
  );
}

const LAST_LINES = 14;

function LastLines({ data, file }: { data: RunPage; file: string }) {
  const end = useMemo(() => createLogEnd(data.runId, file, LAST_LINES), [data, file]);
  useEffect(() => {
    const stop = refreshOn(data, "logs", end.refresh);
    return () => {
      stop();
      end.dispose();
    };
  }, [data, end]);
  const lines = end.state.value.value;
  if (!lines || lines.length === 0) return null;
  return (
    <>
      <p>
        {S.run.lastLines(file)} ·{" "}
        <a href={hrefOf({ kind: "run", runId: data.runId, tab: "logs" }, { open: file })}>
          {S.run.allLines}
        </a>
      </p>
      <pre class="problem-detail">
        {lines.map((line, i) => (
          <div key={i}>
            <LogText line={line} />
          </div>
        ))}
      </pre>
    </>
  );
}

function KeyNumbers({ run, items, data }: NumbersProps) {
  const shown = items.slice(0, KEY_NUMBERS_MAX);
  const names = shown.filter((item) => item.numeric && item.count > 1).map((item) => item.name);
  useEffect(() => data.show([run.runId], names), [data, run.runId, names.join("\n")]);
  return (
    <div class="wide-table">
      <table class="plain">
        <thead>
          <tr>
            <th>{S.metricColumns.name}</th>
            <th class="number">{S.metricColumns.last}</th>
            <th aria-label={S.runPage.trend} />
            <th class="number">{S.metricColumns.min}</th>
            <th class="number">{S.metricColumns.max}</th>
            <th class="number">{S.metricColumns.step}</th>
            <th class="number">{S.metricColumns.count}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, summary, count, numeric }) => (
            <tr key={name}>
              <td class="cut" title={name}>
                {name}
              </td>
              <td class="number strong">
                <Value of={summary.last} />
              </td>
              <td class="spark-cell">
                {numeric && count > 1 && <Spark run={run} metric={name} data={data} />}
              </td>
              <td class="number">
                <Value of={summary.min} />
              </td>
              <td class="number">
                <Value of={summary.max} />
              </td>
              <td class="number">
                <Value of={summary.lastStep} />
              </td>
              <td class="number">{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > KEY_NUMBERS_MAX && (
        <p class="caption">
          <a href={hrefOf({ kind: "run", runId: run.runId, tab: "charts" })}>
            {S.andMore(items.length - KEY_NUMBERS_MAX)}
          </a>
        </p>
      )}
    </div>
  );
}

const SPARK = { width: 72, height: 18 };

function Spark({ run, metric, data }: { run: Run; metric: string; data: ChartData }) {
  const series = seriesFor(data.entry(run.runId, metric).value, chartView.value);
  const path = useMemo(
    () => (series ? sparkPath(series, SPARK.width, SPARK.height) : ""),
    [series],
  );
  return (
    <svg class="spark" {...SPARK} viewBox={`-1 -1 ${SPARK.width + 2} ${SPARK.height + 2}`}>
      <title>{S.runPage.trendOf(metric)}</title>
      <path d={path} stroke={SERIES_COLORS[theme.value][colorIndex(run)]} />
    </svg>
  );
}
