/** Which runs are compared: their names, which is the baseline, and a way to add one. */
import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { colorIndex, type Run, shortName, statusLook } from "../model/run.ts";
import { setCompare } from "../state/compare.ts";
import { hoveredRun } from "../state/hover.ts";
import { hrefOf, view } from "../state/router.ts";
import { createRunSearch } from "../state/run-search.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Swatch } from "./bits.tsx";

export function colorOfRun(run: Run): string {
  return SERIES_COLORS[theme.value][colorIndex(run)];
}

export function RunChips({ runs }: { runs: readonly Run[] }) {
  const isMixed = new Set(runs.map((run) => run.experiment)).size > 1;
  return (
    <ul class="run-chips" aria-label={S.compare.chosen}>
      {runs.map((run) => (
        <RunChip key={run.runId} run={run} isMixed={isMixed} />
      ))}
    </ul>
  );
}

function RunChip({ run, isMixed }: { run: Run; isMixed: boolean }) {
  const { runs, baseline } = view.value.compare;
  const isBaseline = baseline === run.runId;
  const isHovered = useComputed(() => hoveredRun.value === run.runId);
  const { tone, icon } = statusLook(run.status);
  const remove = () =>
    setCompare({
      runs: runs.filter((id) => id !== run.runId),
      ...(isBaseline ? { baseline: "" } : {}),
    });
  return (
    <li
      class={isHovered.value ? "run-chip hovered" : "run-chip"}
      onMouseEnter={() => {
        hoveredRun.value = run.runId;
      }}
      onMouseLeave={() => {
        hoveredRun.value = null;
      }}
    >
      <Swatch color={colorOfRun(run)} />
      <a href={hrefOf({ kind: "run", runId: run.runId, tab: "overview" })} title={run.name}>
        {isMixed && <span class="quiet">{run.experiment} / </span>}
        {shortName(run)}
      </a>
      <span class={`status status-${tone}`} title={S.status[run.status] ?? run.status}>
        <span class="status-icon" role="img" aria-label={S.status[run.status] ?? run.status}>
          {icon}
        </span>
      </span>
      <button
        type="button"
        class="chip-act"
        aria-pressed={isBaseline}
        title={isBaseline ? S.compare.noBaseline : S.compare.makeBaseline}
        aria-label={`${S.compare.makeBaseline}: ${run.name}`}
        onClick={() => setCompare({ baseline: isBaseline ? "" : run.runId })}
      >
        {isBaseline ? "★" : "☆"}
      </button>
      <button
        type="button"
        class="chip-act"
        title={S.compare.remove}
        aria-label={`${S.compare.remove}: ${run.name}`}
        onClick={remove}
      >
        ✕
      </button>
    </li>
  );
}

/** A search whose hits are added; it stays open, so that several can be. */
export function AddRun({ runs }: { runs: readonly Run[] }) {
  const search = useMemo(createRunSearch, []);
  const root = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    search.close();
  };
  useEffect(() => search.close, [search]);
  const known = new Set(runs.map((run) => run.runId));
  const found = search.found.value?.filter((run) => !known.has(run.runId));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the focus left it
    <div
      class="add-run"
      ref={root}
      onFocusOut={(event) => {
        if (!root.current?.contains(event.relatedTarget as Node | null)) close();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <input
        type="search"
        placeholder={S.compare.add}
        aria-label={S.compare.add}
        title={S.filter.help}
        value={search.typed.value}
        onFocus={() => {
          setOpen(true);
          search.type(search.typed.peek());
        }}
        onInput={(event) => search.type(event.currentTarget.value)}
      />
      {isOpen && (found || search.error.value) && (
        <div class="menu-body found-runs">
          {search.error.value && <p class="quiet">{search.error.value.message}</p>}
          {found?.length === 0 && <p class="quiet">{S.filter.nothing}</p>}
          {found?.map((run) => (
            <button
              type="button"
              key={run.runId}
              onClick={() => setCompare({ runs: [...view.peek().compare.runs, run.runId] })}
            >
              <Swatch color={colorOfRun(run)} />
              <span class="found-name">{run.name}</span>
              <span class="quiet">{run.experiment}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
