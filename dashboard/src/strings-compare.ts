/** The words of the comparison of runs. */
import { formatCount, many } from "./base/format.ts";

/** `+0.83`, `−0.20`: of measures between −1 and 1. */
const signedShare = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

export const COMPARE = {
  title: "Compare",
  parameters: "Parameters",
  tabs: {
    charts: "Charts",
    parameters: "Parameters",
    tables: "Tables",
    images: "Images",
    text: "Text",
    code: "Code",
  },
  tabsLabel: "Parts of the comparison",
  open: (count: number) => `Compare ${formatCount(count)}`,
  openTitle: "Compare the selected runs (c)",
  plotAll: "Parameters",
  plotAllTitle: "Config against metrics for all runs that the filter lets through",
  toTable: "Table",
  runs: (count: number) => many(count, "run"),
  newestRuns: (count: number) => `the newest ${formatCount(count)} runs`,
  firstRuns: (shown: number, count: number) =>
    `The first ${shown} of ${formatCount(count)} chosen runs`,
  firstCharts: (shown: number, count: number) =>
    `Charts of the first ${shown} of ${formatCount(count)} runs`,
  tooMany: (most: number) => `At most ${most} runs can be compared one by one`,
  missing: (ids: readonly string[]) => `No run has the id ${ids.join(" or ")}: check the address`,
  chosen: "Runs that are compared",
  nothing: {
    title: "No run is chosen",
    text: "Add runs above, or select some in an experiment and press c.",
  },
  add: "Add a run",
  remove: "Take away",
  baseline: "Baseline",
  makeBaseline: "Make it the baseline",
  noBaseline: "Measure from no baseline",
  none: "none",

  groupBy: "Groups",
  noGroups: "none",
  groups: "Groups",
  group: (label: string, count: number) => `${label} (${many(count, "run")})`,
  allConfigBut: "All of the config but one key",
  but: (key: string) => `all but ${key}`,
  experiment: "Experiment",
  spread: "Band",
  spreads: { deviation: "± standard deviation", range: "least to greatest" },
  bandIs: {
    deviation:
      "A line is the mean of its group, the band one standard deviation either side; dashed where runs of the group are missing.",
    range:
      "A line is the mean of its group, the band reaches from its least to its greatest value; dashed where runs of the group are missing.",
  },
  overlay: "Overlay",
  overlayMax: (most: number) => `Up to ${most} metrics in one chart`,
  searchOverlay: "Search metrics to draw in one chart",
  badPattern: (why: string) => `The search is no regular expression: ${why}`,

  axes: "Axes",
  color: "Colour",
  noAxes: "Choose axes to see a line for each run.",
  searchDimensions: "Search",
  noDimension: "Nothing of that name",
  kinds: { config: "Config", metric: "Metrics", tags: "Tags", fact: "Run" },
  parallel: "Parallel coordinates",
  parallelOf: (runs: number, axes: number) =>
    `${many(runs, "run")} as lines over ${many(axes, "axis", "axes")}`,
  nowhere: "no value",
  brushHint: "Drag along an axis to keep the runs whose value lies there.",
  brushed: (inside: number, all: number) =>
    `${formatCount(inside)} of ${formatCount(all)} runs kept`,
  these: "Compare these",
  pointHint: "Point at a line for its run; click to open it.",
  logScale: "Log scale",
  log: "log",
  brushFrom: "From",
  brushTo: "To",
  moveLeft: "◂ Move",
  moveRight: "Move ▸",
  removeAxis: "Remove",
  scatter: "Scatter",
  scatterOf: (y: string, x: string, count: number) => `${y} over ${x}: ${many(count, "run")}`,
  notDrawn: (count: number) => `${many(count, "run")} without both values not drawn.`,
  correlation: (n: number, pearson: number | null, spearman: number | null) =>
    pearson === null || spearman === null
      ? `No correlation can be given: ${many(n, "run")} with both values as numbers, and they must vary.`
      : `Spearman ρ ${signedShare(spearman)}, Pearson r ${signedShare(pearson)} over ${many(n, "run")}.`,
  associated: (target: string) => `Goes with ${target}`,
  strength: "Strength",
  plotKey: (key: string) => `Plot over ${key}`,
  measures: {
    spearman: "Spearman's rank correlation: 1 always rising, −1 always falling, 0 neither",
    groups: "Epsilon: how much of the ranks' variation lies between the values, 0 to 1",
  },
  measured: (measure: "spearman" | "groups", value: number) =>
    measure === "spearman" ? `ρ ${signedShare(value)}` : `ε ${value.toFixed(2)}`,
  noAssociation:
    "Nothing can be said: it takes three runs with a number here, and a config key that varies.",
  associationIs:
    "One key at a time over n runs: ρ is the rank correlation of numbers, ε the share between categories. It is no cause, and with few runs anything can look strong.",
  unsaid: (count: number) => `Of ${many(count, "key")} nothing can be said.`,

  tablesOf: "What is in the tables",
  values: "Values",
  logged: (count: number) => `Logged tables (${count})`,
  statistic: "Which value of a metric",
  onlyDifferences: "Only differences",
  key: "Name",
  noValues: "These runs have neither config nor metrics yet",
  sections: { config: "Config", tags: "Tags", environment: "Environment", metrics: "Metrics" },
  ofAll: (count: number, all: number) => `${formatCount(count)} of ${formatCount(all)}`,
  absent: "–",
  table: "Table",
  having: (count: number, all: number) => `in ${count} of ${many(all, "run")}`,
  firstTables: (shown: number, count: number) => `The first ${shown} of ${count} runs`,
  firstRowsOfEach: (count: number) => `The first ${formatCount(count)} rows of each`,

  image: "Image",
  arrows: "← → move through the steps",
  imageAt: (name: string, run: string, step: number) => `${name} of ${run} at step ${step}`,
  noSuchImage: "This run has no image of the name",
  noImageAt: (step: number, earlier: number | null, count: number) =>
    `No image at step ${step}: ${
      earlier === null ? "its first comes later" : `its last before is at step ${earlier}`
    } (${many(count, "image")})`,

  text: "Text",
  sides: { left: "Left", right: "Right" },
  diffLayout: "How the difference is shown",
  unified: "Unified",
  sideBySide: "Side by side",
  difference: "Difference",
  twoRuns: { title: "A difference takes two runs", text: "Add another run above." },
  firstBytes: (size: string) => `The first ${size} of each are compared`,
  noDifference: "They are equal",
  tooDifferent: {
    title: "Hardly a line is the same",
    text: "A difference would be the whole of both texts. Open each under the files of its run.",
  },
  changedLines: (removed: number, added: number) =>
    `${many(removed, "line")} removed, ${many(added, "line")} added`,
  equalLines: (count: number) => `${formatCount(count)} equal lines`,
  moreLines: (count: number) => `${formatCount(count)} more lines`,
};
