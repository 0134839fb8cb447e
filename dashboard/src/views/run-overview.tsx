/** In one screen: is it alive, how far, what are its numbers, and what went wrong. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { formatCell, formatCount } from "../base/format.ts";
import { type EpochUs, formatInstant } from "../base/time.ts";
import type { MetricItem } from "../model/catalog.ts";
import { shownTags } from "../model/edits.ts";
import { runLines } from "../model/lines.ts";
import { colorIndex, type Run } from "../model/run.ts";
import { createChartData } from "../state/chart-data.ts";
import { chartView, hrefOf } from "../state/router.ts";
import { createLogTail, type RunPage, refreshOn } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Ago, Empty, Section, Skeleton, Tags, Value } from "./bits.tsx";
import { MetricChart } from "./chart-card.tsx";
import { EditableDescription } from "./run-edit.tsx";
import { Duration } from "./runs-table.tsx";

const KEY_NUMBERS_MAX = 60;

export function RunOverview({ data, run }: { data: RunPage; run: Run }) {
  const metrics = data.metrics.value;
  const numbers = metrics?.filter((item) => item.kind === "scalar");
  return (
    <div class="overview">
      {run.status === "Failed" && <Failure data={data} run={run} />}
      {run.status === "NotResponding" && (
        <div class="problem">
          <p class="problem-title">{S.run.notResponding}</p>
          <p>{S.run.notRespondingAdvice}</p>
        </div>
      )}
      <EditableDescription run={run} />
      <div class="overview-grid">
        <Section
          title={S.run.keyNumbers}
          aside={
            numbers && numbers.length > 0 ? (
              <a href={hrefOf({ kind: "run", runId: run.runId, tab: "charts" })}>
                {S.run.allCharts}
              </a>
            ) : null
          }
        >
          {!numbers && <Skeleton rows={6} />}
          {numbers?.length === 0 && <Empty title={S.noMetrics.title} code={S.noMetrics.code} />}
          {numbers && numbers.length > 0 && <KeyNumbers items={numbers} />}
          {numbers && <FirstCharts run={run} items={numbers} />}
        </Section>
        <div>
          <Section title={S.run.timeline}>
            <Facts>
              <Fact name={S.run.created} value={<Instant at={run.createdUs} />} />
              <Fact name={S.run.started} value={<Instant at={run.startedUs} />} />
              <Fact name={S.run.ended} value={<Instant at={run.endedUs} />} />
              <Fact name={S.run.seen} value={<Instant at={run.seenUs} />} />
              <Fact name={S.run.duration} value={<Duration run={run} />} />
            </Facts>
          </Section>
          <Section title={S.run.details}>
            <Facts>
              <Fact name={S.run.number} value={run.number || null} />
              <Fact name={S.run.user} value={run.user} />
              <Fact name={S.run.host} value={run.host} />
              <Fact name={S.run.target} value={run.target} />
              <Fact name={S.run.type} value={run.runType} />
              <Fact name={S.run.parent} value={run.parentId && <ParentLink id={run.parentId} />} />
            </Facts>
          </Section>
          <Pairs title={S.config} pairs={run.config} />
          {shownTags(run.tags).length > 0 && (
            <Section title={S.run.tags}>
              <p>
                <Tags tags={run.tags} />
              </p>
            </Section>
          )}
          <Pairs title={S.run.properties} pairs={run.properties} />
        </div>
      </div>
    </div>
  );
}

const CHARTS_MAX = 4;

/** The first lines, so that one sees at a glance whether the run moves. */
function FirstCharts({ run, items }: { run: Run; items: readonly MetricItem[] }) {
  const { runId, createdUs } = run;
  const data = useMemo(() => createChartData(chartView, () => createdUs), [runId, createdUs]);
  useEffect(() => data.dispose, [data]);
  const lines = useMemo(() => runLines([run]), [runId, run.name, colorIndex(run)]);
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
  const log = data.logs.state.value.value?.[0];
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
      {log && <LastLines data={data} file={log.file} sizeChars={log.sizeChars} />}
    </div>
  );
}

const LAST_LINES = 12;

function LastLines({ data, file, sizeChars }: { data: RunPage; file: string; sizeChars: number }) {
  const tail = useMemo(() => createLogTail(data.runId, file, sizeChars), [data, file]);
  useEffect(() => {
    const stop = refreshOn(data, "logs", tail.more);
    return () => {
      stop();
      tail.dispose();
    };
  }, [data, tail]);
  const lines = tail.text.value.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  if (!lines) return null;
  return (
    <>
      <p>
        {S.run.lastLines(file)} ·{" "}
        <a href={hrefOf({ kind: "run", runId: data.runId, tab: "logs" }, { open: file })}>
          {S.run.allLines}
        </a>
      </p>
      <pre class="problem-detail">{lines}</pre>
    </>
  );
}

function KeyNumbers({ items }: { items: readonly MetricItem[] }) {
  return (
    <div class="wide-table">
      <table class="plain">
        <thead>
          <tr>
            <th>{S.metricColumns.name}</th>
            <th class="number">{S.metricColumns.last}</th>
            <th class="number">{S.metricColumns.min}</th>
            <th class="number">{S.metricColumns.max}</th>
            <th class="number">{S.metricColumns.step}</th>
            <th class="number">{S.metricColumns.count}</th>
          </tr>
        </thead>
        <tbody>
          {items.slice(0, KEY_NUMBERS_MAX).map(({ name, summary, count }) => (
            <tr key={name}>
              <td class="cut" title={name}>
                {name}
              </td>
              <td class="number strong">
                <Value of={summary.last} />
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
        <p class="quiet">{S.andMore(items.length - KEY_NUMBERS_MAX)}</p>
      )}
    </div>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      <Facts>
        {entries.map(([key, value]) => (
          <Fact key={key} name={key} value={<Value of={value} />} isCode />
        ))}
      </Facts>
    </Section>
  );
}

function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

function Fact(props: { name: string; value: ComponentChildren; isCode?: boolean }) {
  if (props.value === null || props.value === undefined || props.value === "") return null;
  return (
    <div>
      <dt>{props.name}</dt>
      <dd class={props.isCode ? "mono" : undefined}>{props.value}</dd>
    </div>
  );
}

function Instant({ at }: { at: EpochUs | null }) {
  if (at === null) return <span class="quiet">–</span>;
  return (
    <>
      {formatInstant(at)}{" "}
      <span class="quiet">
        (<Ago at={at} />)
      </span>
    </>
  );
}

function ParentLink({ id }: { id: string }) {
  return <a href={hrefOf({ kind: "run", runId: id, tab: "overview" })}>{id}</a>;
}
