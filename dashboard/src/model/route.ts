/** The address bar as data: which page, and everything on it that a link must carry. */

import { parseAxis } from "./axis.ts";
import {
  COMPARE_TABS,
  type CompareTab,
  type CompareView,
  DEFAULT_COMPARE,
  decoded,
  formatCompare,
  parseCompare,
} from "./compare-view.ts";
import { DEFAULT_WORKSPACE } from "./models.ts";
import type { XAxis } from "./series.ts";
import type { Range } from "./viewport.ts";

export const RUN_TABS = [
  "overview",
  "charts",
  "tables",
  "images",
  "files",
  "logs",
  "code",
  "children",
  "system",
] as const;

export type RunTab = (typeof RUN_TABS)[number];

export type Page =
  | { readonly kind: "experiments" }
  | { readonly kind: "runs"; readonly experiment: string }
  | { readonly kind: "run"; readonly runId: string; readonly tab: RunTab }
  | { readonly kind: "compare"; readonly tab: CompareTab }
  | { readonly kind: "compute" }
  | { readonly kind: "sql" }
  | { readonly kind: "models" }
  | { readonly kind: "model"; readonly name: string; readonly workspace: string }
  | { readonly kind: "unknown"; readonly path: string };

export type Layout = "split" | "table" | "charts";

/** What the page's controls say; every field has a default that the address leaves out. */
export interface View {
  readonly sort: string;
  readonly filter: string;
  readonly selected: readonly string[];
  /** Chosen columns of the runs table (`config.lr`, `metrics.loss.last`); null: the page picks. */
  readonly columns: readonly string[] | null;
  /** Those of the columns that stay at the left. */
  readonly pinned: readonly string[];
  /** Widths in pixels of columns that were resized. */
  readonly widths: Readonly<Record<string, number>>;
  /** Columns whose equal values put runs together, and the groups that are closed. */
  readonly group: readonly string[];
  readonly folded: readonly string[];
  readonly layout: Layout;
  readonly x: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly smoothing: number;
  readonly zoom: Range | null;
  /** Whether archived runs are listed too. */
  readonly archived: boolean;
  /** Whether the bin is listed, and nothing else. */
  readonly bin: boolean;
  /** Which metrics' names to show: those that contain this. */
  readonly search: string;
  /** The chart that fills the screen, by its title. */
  readonly chart: string;
  /** The table, image, file or log that is open on its tab, or the version of a model. */
  readonly open: string;
  /** The column that a table's rows are sorted by, `-` before it turns round. */
  readonly order: string;
  /** How `search` is meant in a log. */
  readonly regex: boolean;
  readonly matchCase: boolean;
  readonly wrap: boolean;
  /** The line of a log that a link points at, counted from 1; 0: none. */
  readonly line: number;
  readonly compare: CompareView;
  /** The statement of the SQL page, and what its placeholders stand for. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Route {
  readonly page: Page;
  readonly view: View;
}

export const DEFAULT_VIEW: View = {
  sort: "-created",
  filter: "",
  selected: [],
  columns: null,
  pinned: [],
  widths: {},
  group: [],
  folded: [],
  layout: "split",
  x: "step",
  logX: false,
  logY: false,
  smoothing: 0,
  zoom: null,
  archived: false,
  bin: false,
  search: "",
  chart: "",
  open: "",
  order: "",
  regex: false,
  matchCase: false,
  wrap: false,
  line: 0,
  compare: DEFAULT_COMPARE,
  sql: "",
  parameters: {},
};

export const SMOOTHING_MAX = 0.99;

/** What the parameters of a statement begin with in the address. */
const PARAMETER = "p.";

/** The route of a path and query; whatever is malformed takes its default. */
export function parseRoute(path: string, query: string, hash = ""): Route {
  const line = Number(/^#L([1-9]\d{0,12})$/.exec(hash)?.[1] ?? 0);
  return { page: parsePage(path), view: { ...parseView(new Map(parseQuery(query))), line } };
}

/** The inverse of `parseRoute`. */
export function formatRoute({ page, view }: Route): string {
  const pairs: [string, string][] = [];
  if (view.sort !== DEFAULT_VIEW.sort) pairs.push(["sort", view.sort]);
  if (view.filter) pairs.push(["filter", view.filter]);
  if (view.selected.length > 0) pairs.push(["sel", view.selected.join(",")]);
  if (view.columns) pairs.push(["cols", view.columns.map(encodeURIComponent).join(",")]);
  if (view.pinned.length > 0) pairs.push(["pin", view.pinned.map(encodeURIComponent).join(",")]);
  const widths = Object.entries(view.widths).map(([id, px]) => `${encodeURIComponent(id)}:${px}`);
  if (widths.length > 0) pairs.push(["width", widths.join(",")]);
  if (view.group.length > 0) pairs.push(["group", view.group.map(encodeURIComponent).join(",")]);
  if (view.folded.length > 0) pairs.push(["fold", view.folded.map(encodeURIComponent).join(",")]);
  if (view.layout !== DEFAULT_VIEW.layout) pairs.push(["layout", view.layout]);
  if (view.x !== DEFAULT_VIEW.x) pairs.push(["x", view.x]);
  if (view.logX) pairs.push(["xscale", "log"]);
  if (view.logY) pairs.push(["y", "log"]);
  if (view.smoothing > 0) pairs.push(["smooth", String(view.smoothing)]);
  if (view.zoom) pairs.push(["zoom", view.zoom.join("..")]);
  if (view.archived) pairs.push(["archived", "1"]);
  if (view.bin) pairs.push(["bin", "1"]);
  if (view.search) pairs.push(["q", view.search]);
  if (view.chart) pairs.push(["chart", view.chart]);
  if (view.open) pairs.push(["open", view.open]);
  if (view.order) pairs.push(["order", view.order]);
  if (view.regex) pairs.push(["regex", "1"]);
  if (view.matchCase) pairs.push(["case", "1"]);
  if (view.wrap) pairs.push(["wrap", "1"]);
  if (view.sql) pairs.push(["sql", view.sql]);
  for (const [name, value] of Object.entries(view.parameters)) {
    pairs.push([PARAMETER + encodeURIComponent(name), value]);
  }
  pairs.push(...formatCompare(view.compare));
  const query = pairs.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&");
  return formatPage(page) + (query ? `?${query}` : "") + (view.line ? `#L${view.line}` : "");
}

function parsePage(path: string): Page {
  const parts = path.split("/").filter(Boolean).map(decoded);
  if (parts.length === 0) return { kind: "experiments" };
  if (parts[0] === "experiments" && parts.length === 2) {
    return { kind: "runs", experiment: parts[1] };
  }
  if (parts[0] === "runs" && (parts.length === 2 || parts.length === 3)) {
    const tab = (parts[2] ?? "overview") as RunTab;
    if (RUN_TABS.includes(tab)) return { kind: "run", runId: parts[1], tab };
  }
  if (parts[0] === "compare" && parts.length <= 2) {
    const tab = (parts[1] ?? "charts") as CompareTab;
    if (COMPARE_TABS.includes(tab)) return { kind: "compare", tab };
  }
  if (parts[0] === "compute" && parts.length === 1) return { kind: "compute" };
  if (parts[0] === "sql" && parts.length === 1) return { kind: "sql" };
  return parseModels(parts) ?? { kind: "unknown", path };
}

/** `/models`, `/models/NAME`, and `/models/NAME/in/WORKSPACE` for one that is not the default. */
function parseModels([root, name, within, workspace, ...rest]: readonly string[]): Page | null {
  if (root !== "models" || rest.length > 0) return null;
  if (name === undefined) return { kind: "models" };
  if (within === undefined) return { kind: "model", name, workspace: DEFAULT_WORKSPACE };
  return within === "in" && workspace ? { kind: "model", name, workspace } : null;
}

function formatPage(page: Page): string {
  switch (page.kind) {
    case "experiments":
      return "/";
    case "runs":
      return `/experiments/${encodeURIComponent(page.experiment)}`;
    case "run": {
      const path = `/runs/${encodeURIComponent(page.runId)}`;
      return page.tab === "overview" ? path : `${path}/${page.tab}`;
    }
    case "compare":
      return page.tab === "charts" ? "/compare" : `/compare/${page.tab}`;
    case "compute":
      return "/compute";
    case "sql":
      return "/sql";
    case "models":
      return "/models";
    case "model": {
      const path = `/models/${encodeURIComponent(page.name)}`;
      const isDefault = page.workspace === DEFAULT_WORKSPACE;
      return isDefault ? path : `${path}/in/${encodeURIComponent(page.workspace)}`;
    }
    case "unknown":
      return page.path;
  }
}

function parseView(query: ReadonlyMap<string, string>): Omit<View, "line"> {
  const layout = query.get("layout");
  const smoothing = Number(query.get("smooth") ?? 0);
  return {
    sort: query.get("sort") || DEFAULT_VIEW.sort,
    filter: query.get("filter") ?? "",
    selected: split(query.get("sel")),
    columns: query.has("cols") ? split(query.get("cols")).map(decoded) : null,
    pinned: split(query.get("pin")).map(decoded),
    widths: parseWidths(split(query.get("width"))),
    group: split(query.get("group")).map(decoded),
    folded: split(query.get("fold")).map(decoded),
    layout: layout === "table" || layout === "charts" ? layout : "split",
    x: parseAxis(query.get("x")),
    logX: query.get("xscale") === "log",
    logY: query.get("y") === "log",
    smoothing: smoothing > 0 && smoothing <= SMOOTHING_MAX ? smoothing : 0,
    zoom: parseRange(query.get("zoom")),
    archived: query.get("archived") === "1",
    bin: query.get("bin") === "1",
    search: query.get("q") ?? "",
    chart: query.get("chart") ?? "",
    open: query.get("open") ?? "",
    order: query.get("order") ?? "",
    regex: query.has("regex"),
    matchCase: query.has("case"),
    wrap: query.has("wrap"),
    compare: parseCompare(query),
    sql: query.get("sql") ?? "",
    parameters: parseParameters(query),
  };
}

function parseParameters(query: ReadonlyMap<string, string>): Record<string, string> {
  const found = [...query].filter(([key]) => key.startsWith(PARAMETER));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(PARAMETER.length), value]));
}

function parseWidths(pairs: readonly string[]): Record<string, number> {
  const widths: [string, number][] = pairs.map((pair) => {
    const at = pair.lastIndexOf(":");
    return [decoded(pair.slice(0, at)), Number(pair.slice(at + 1))];
  });
  return Object.fromEntries(widths.filter(([id, px]) => id !== "" && px > 0 && px < 10_000));
}

function parseRange(text: string | undefined): Range | null {
  const ends = (text ?? "").split("..").map(Number);
  return ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1]
    ? [ends[0], ends[1]]
    : null;
}

function parseQuery(query: string): [string, string][] {
  return query
    .replace(/^\?/, "")
    .split("&")
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf("=");
      return at < 0
        ? [decoded(pair), ""]
        : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
    });
}

function split(text: string | undefined): string[] {
  return (text ?? "").split(",").filter(Boolean);
}
