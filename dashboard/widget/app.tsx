/** The widget: what a notebook shows of a run. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ThemeName } from "../src/base/color.ts";
import { formatCell, fullText } from "../src/base/format.ts";
import { shownTags } from "../src/model/edits.ts";
import { colorIndex, type Run } from "../src/model/run.ts";
import type { Range } from "../src/model/viewport.ts";
import { Ago, Duration, StatusMark, Tags } from "../src/views/bits.tsx";
import { LogText } from "../src/views/log-text.tsx";
import { Chart, lastValue } from "./chart.tsx";
import type { FollowState, Kernel, LogTail } from "./kernel.ts";
import { W } from "./strings.ts";
import { ChildRuns } from "./sweep.tsx";

interface AppProps {
  readonly kernel: Kernel;
  readonly theme: ReadonlySignal<ThemeName>;
}

export function App({ kernel, theme }: AppProps) {
  const run = kernel.run.value;
  const state = kernel.state.value;
  const log = kernel.log.value;
  const children = kernel.children.value;
  if (!run) return <p class="quiet">{state.reason ?? W.loading}</p>;
  return (
    <>
      <Head run={run} state={state} url={kernel.url.value} />
      <Facts run={run} />
      <Metrics kernel={kernel} run={run} theme={theme.value} />
      {children && <ChildRuns children={children} theme={theme.value} />}
      {log && <Log log={log} theme={theme.value} />}
    </>
  );
}

function Head({ run, state, url }: { run: Run; state: FollowState; url: string }) {
  return (
    <header class="widget-head">
      <StatusMark status={run.status} reason={run.statusReason} />
      <h1>{run.name}</h1>
      <span class={`follow follow-${state.name}`} title={state.reason ?? W.stateTitle[state.name]}>
        {W.state[state.name]}
      </span>
      {url && (
        <a href={url} target="_blank" rel="noopener">
          {W.open}
        </a>
      )}
    </header>
  );
}

function Facts({ run }: { run: Run }) {
  const properties = Object.entries(run.properties);
  const message = run.error?.message;
  return (
    <>
      {run.status === "Failed" && message !== undefined && <p class="failure">{String(message)}</p>}
      <dl class="widget-facts">
        <Fact name={W.run} value={<code>{run.runId}</code>} />
        <Fact name={W.experiment} value={run.experiment} />
        <Fact name={W.created} value={<Ago at={run.createdUs} />} />
        <Fact name={W.duration} value={<Duration run={run} />} />
      </dl>
      {shownTags(run.tags).length > 0 && (
        <p class="tags">
          <Tags tags={run.tags} />
        </p>
      )}
      {properties.length > 0 && (
        <details>
          <summary>
            {W.properties} <span class="note">{properties.length}</span>
          </summary>
          <dl class="widget-facts">
            {properties.map(([key, value]) => (
              <Fact key={key} name={key} value={value} />
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Metrics({ kernel, run, theme }: { kernel: Kernel; run: Run; theme: ThemeName }) {
  const [zoom] = useState(() => signal<Range | null>(null));
  const { series, leftOut } = kernel.drawn.value;
  const drawn = [...series];
  const charts = drawn.filter(([, one]) => one.x.length > 1);
  const single = drawn.filter(([, one]) => one.x.length === 1);
  const values = [
    ...single.map(([name, one]) => [name, lastValue(one)] as const),
    ...kernel.metrics.value
      .filter((item) => !item.numeric && item.kind === "scalar")
      .map((item) => [item.name, item.summary.last] as const),
  ];
  return (
    <section aria-label={W.metrics}>
      {drawn.length + values.length === 0 && <p class="quiet">{W.noMetrics}</p>}
      {values.length > 0 && (
        <dl class="kpis">
          {values.map(([name, value]) => (
            <div class="kpi" key={name}>
              <dt title={name}>{name}</dt>
              <dd title={fullText(value)}>{formatCell(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <div class="chart-grid">
        {charts.map(([metric, one]) => (
          <Chart
            key={metric}
            metric={metric}
            series={one}
            colorIndex={colorIndex(run)}
            theme={theme}
            zoom={zoom}
            range={zoom.value}
            syncKey={run.runId}
          />
        ))}
      </div>
      {leftOut > 0 && <p class="quiet">{W.leftOut(leftOut)}</p>}
    </section>
  );
}

/** The end of a log, which is followed unless somebody scrolled away from it. */
function Log({ log, theme }: { log: LogTail; theme: ThemeName }) {
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  });
  useEffect(() => {
    const element = box.current;
    const note = () => {
      if (!element) return;
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      follows.current = below < END_REACH;
    };
    element?.addEventListener("scroll", note, { passive: true });
    return () => element?.removeEventListener("scroll", note);
  }, []);
  return (
    <section>
      <h2>
        {W.log}{" "}
        <span class="note">
          {log.file}, {W.logLines(log.lines.length, log.lineCount)}
        </span>
      </h2>
      <pre class="widget-log" ref={box} role="log" aria-label={W.logOf(log.file)} tabIndex={0}>
        {log.lines.map((line, i) => (
          <div key={log.first + i}>
            <LogText line={line} theme={theme} />
          </div>
        ))}
      </pre>
    </section>
  );
}

/** CSS pixels above its end within which the log counts as seen to the end. */
const END_REACH = 24;
