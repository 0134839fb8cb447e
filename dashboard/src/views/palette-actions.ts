/** What the command palette can do on the page that is open. */
import { COMPARE_TABS } from "../model/compare-view.ts";
import type { PaletteItem } from "../model/palette.ts";
import { type Page, RUN_TABS } from "../model/route.ts";
import { compareRuns, plotParameters } from "../state/compare.ts";
import { openDialog } from "../state/dialogs.ts";
import { goTo, setView, view } from "../state/router.ts";
import { switchTheme } from "../state/theme.ts";
import { S } from "../strings.ts";

export interface PaletteEntry extends PaletteItem {
  readonly choose: () => void;
}

export function paletteActions(at: Page): readonly PaletteEntry[] {
  return [
    ...(at.kind === "run" ? runActions(at) : []),
    ...(at.kind === "runs" ? runsActions(at.experiment) : []),
    ...(at.kind === "compare" ? compareActions(at) : []),
    action(S.palette.experiments, () => goTo({ kind: "experiments" })),
    action(S.palette.compute, () => goTo({ kind: "compute" })),
    action(S.sql.goTo, () => goTo({ kind: "sql" })),
    action(S.models.goTo, () => goTo({ kind: "models" })),
    action(S.palette.copyLink, () => navigator.clipboard.writeText(location.href)),
    action(S.palette.theme, switchTheme),
    action(
      S.keys.title,
      () => {
        openDialog.value = "keys";
      },
      "?",
    ),
  ];
}

function runActions(at: Extract<Page, { kind: "run" }>): readonly PaletteEntry[] {
  return RUN_TABS.filter((tab) => tab !== at.tab).map((tab) =>
    action(S.palette.goToTab(S.tabs[tab]), () => goTo({ ...at, tab }), S.palette.ofThisRun),
  );
}

function compareActions(at: Extract<Page, { kind: "compare" }>): readonly PaletteEntry[] {
  const { x, logX, logY, smoothing, search, compare } = view.peek();
  if (compare.experiment) return [];
  return COMPARE_TABS.filter((tab) => tab !== at.tab).map((tab) =>
    action(S.palette.goToTab(S.compare.tabs[tab]), () =>
      goTo({ kind: "compare", tab }, { x, logX, logY, smoothing, search, compare }),
    ),
  );
}

function runsActions(experiment: string): readonly PaletteEntry[] {
  const { selected } = view.peek();
  return [
    ...(selected.length > 1
      ? [action(S.compare.open(selected.length), () => compareRuns(selected), "c")]
      : []),
    action(S.compare.plotAll, () => plotParameters(experiment), S.compare.plotAllTitle),
    ...(["table", "split", "charts"] as const).map((layout) =>
      action(S.palette.layout(S.layout[layout]), () => setView({ layout })),
    ),
    action(S.palette.clearFilter, () => setView({ filter: "" })),
    action(S.palette.clearSelection, () => setView({ selected: [] })),
  ];
}

function action(title: string, choose: () => void, detail = ""): PaletteEntry {
  return { kind: "action", id: title, title, detail, choose };
}
