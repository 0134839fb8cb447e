/** One run: its header, and a tab for each kind of thing that it logged. */
import { useEffect, useMemo } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatCount } from "../base/format.ts";
import { RUN_TABS, type RunTab } from "../model/route.ts";
import { colorIndex, type Run, shortName } from "../model/run.ts";
import { editRun } from "../state/edits.ts";
import { goTo, hrefOf, route, setView, view } from "../state/router.ts";
import { createRunPage, neighbours, type RunPage } from "../state/run-page.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Ago, CopyButton, Duration, Problem, Skeleton, StatusMark, Swatch } from "./bits.tsx";
import { useKeys } from "./keyboard.ts";
import { lazily } from "./lazily.tsx";
import { CancelButton, RunMenuButton } from "./run-actions.tsx";
import { RunCharts } from "./run-charts.tsx";
import { RunChildren } from "./run-children.tsx";
import { ArchivedMark, DeletedMark, EditableName, EditableTags } from "./run-edit.tsx";
import { RunFiles } from "./run-files.tsx";
import { RunImages } from "./run-images.tsx";
import { RunLogs } from "./run-logs.tsx";
import { RunOverview } from "./run-overview.tsx";
import { RunSystem } from "./run-system.tsx";
import { RunTables } from "./run-tables.tsx";
import { Tabs } from "./tabs.tsx";

const RunCode = lazily(() => import("./run-code.tsx").then((part) => part.RunCode));

export interface OpenRun {
  readonly name: string;
  readonly experiment: string;
  readonly parentId: string | null;
}

interface RunPageProps {
  readonly runId: string;
  readonly tab: RunTab;
  /** Tells the frame which run is open. */
  readonly onRun: (run: OpenRun | null) => void;
}

export function RunPageView({ runId, tab, onRun }: RunPageProps) {
  const data = useMemo(() => createRunPage(runId), [runId]);
  useEffect(() => data.dispose, [data]);
  const run = data.run.value;
  const [name, experiment, parentId] = [run?.name, run?.experiment, run?.parentId ?? null];
  useEffect(() => {
    if (name === undefined || experiment === undefined) return;
    document.title = S.title(name);
    onRun({ name: shortName({ name, parentId }), experiment, parentId });
    return () => onRun(null);
  }, [name, experiment, parentId, onRun]);
  const keys = useMemo(() => runKeys(data), [data]);
  useKeys(keys);
  const error = data.error.value;
  if (error && !run) {
    return (
      <div class="page narrow">
        <Problem error={error} retry={data.reload} />
      </div>
    );
  }
  return (
    <div class="page run">
      {run ? <RunHeader run={run} keys={keys} /> : <Skeleton rows={2} />}
      <RunTabs data={data} run={run} tab={tab} />
      {run && <Tab data={data} run={run} tab={tab} />}
    </div>
  );
}

function runKeys(data: RunPage) {
  const go = async (which: "previous" | "next") => {
    const run = data.run.peek();
    if (!run) return;
    const target = (await neighbours(run))[which];
    const { page, view: current } = { page: location.pathname.split("/")[3], view: view.peek() };
    const tab = RUN_TABS.find((one) => one === page) ?? "overview";
    // What is looked at in one run is looked for in the next; a place in it is not.
    if (target) goTo({ kind: "run", runId: target, tab }, { ...current, zoom: null, line: 0 });
  };
  return {
    "[": () => go("previous"),
    "]": () => go("next"),
    r: () => setView({ zoom: null }),
  };
}

function RunHeader({ run, keys }: { run: Run; keys: ReturnType<typeof runKeys> }) {
  // The link is that of the view that is seen.
  route.value;
  return (
    <header class="run-head">
      <div class="run-title">
        <Swatch color={SERIES_COLORS[theme.value][colorIndex(run)]} />
        <EditableName run={run} />
      </div>
      <StatusMark status={run.status} reason={run.statusReason} />
      <span class="run-id">
        <code>{run.runId}</code>
        <CopyButton text={run.runId} label={S.run.copyId} />
      </span>
      <span class="quiet">
        {S.run.started} <Ago at={run.startedUs ?? run.createdUs} />
      </span>
      <span class="quiet number">
        <Duration run={run} />
      </span>
      <ArchivedMark run={run} />
      <DeletedMark run={run} />
      <EditableTags tags={run.tags} change={(tags) => editRun(run, { tags })} />
      <span class="run-actions">
        <CopyButton text={location.href} label={S.runPage.copyLink} title={S.runPage.share} />
        <button
          type="button"
          class="icon"
          title={S.run.previous}
          aria-label={S.run.previous}
          onClick={keys["["]}
        >
          ‹
        </button>
        <button
          type="button"
          class="icon"
          title={S.run.next}
          aria-label={S.run.next}
          onClick={keys["]"]}
        >
          ›
        </button>
        <CancelButton run={run} />
        <RunMenuButton run={run} />
      </span>
    </header>
  );
}

function RunTabs({ data, run, tab }: { data: RunPage; run: Run | null; tab: RunTab }) {
  const counts: Partial<Record<RunTab, number>> = {
    charts: data.metrics.value?.length,
    tables: data.tables.state.value.value?.length,
    images: data.images.state.value.value?.length,
    files: data.files.state.value.value?.length,
    logs: data.logs.state.value.value?.length,
    children: run?.childCount,
  };
  const { x, logY, smoothing } = view.value;
  return (
    <Tabs label={S.run.tabs} open={tab}>
      {RUN_TABS.map((one) => (
        <a
          key={one}
          href={hrefOf({ kind: "run", runId: data.runId, tab: one }, { x, logY, smoothing })}
          aria-current={one === tab ? "page" : undefined}
        >
          {S.tabs[one]}
          {counts[one] ? <span class="badge">{formatCount(counts[one] ?? 0)}</span> : null}
        </a>
      ))}
    </Tabs>
  );
}

function Tab({ data, run, tab }: { data: RunPage; run: Run; tab: RunTab }) {
  switch (tab) {
    case "overview":
      return <RunOverview data={data} run={run} />;
    case "charts":
      return <RunCharts data={data} run={run} />;
    case "tables":
      return <RunTables data={data} />;
    case "images":
      return <RunImages data={data} />;
    case "files":
      return <RunFiles data={data} />;
    case "logs":
      return <RunLogs data={data} />;
    case "code":
      return <RunCode run={run} />;
    case "children":
      return <RunChildren run={run} />;
    case "system":
      return <RunSystem data={data} />;
  }
}
