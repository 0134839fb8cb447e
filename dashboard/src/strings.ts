/** Every word that a person reads. */
import { formatCount } from "./base/format.ts";

const many = (count: number, one: string, more = `${one}s`) =>
  `${formatCount(count)} ${count === 1 ? one : more}`;

const INIT = `import runtide

with runtide.init(experiment="first-steps") as run:
    for step in range(100):
        run.log("loss", 1 / (step + 1))`;

/** `+0.83`, `−0.20`: of measures between −1 and 1. */
const signedShare = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

interface Failure {
  readonly title: string;
  readonly advice: string;
}

/** By the API's own codes and statuses; anything else shows what the server said. */
function problem(error: Error & { status?: number; code?: string }): Failure {
  if (error.status === 0) {
    return {
      title: "The server does not answer",
      advice: "Start it with `runtide up`; this page goes on by itself once it is back.",
    };
  }
  if (error.status === 404) {
    return { title: "Nothing is there", advice: `${error.message}. Check the address.` };
  }
  if (error.status === 503) {
    return { title: "The server is busy", advice: `${error.message}. Try again in a moment.` };
  }
  if (error.status === 400 || error.status === 422) {
    return { title: "The server cannot do that", advice: error.message };
  }
  return { title: "Something went wrong", advice: error.message };
}

export const S = {
  product: "Runtide",
  title: (page: string) => `${page} · Runtide`,
  breadcrumbs: "Where you are",
  experiments: "Experiments",
  charts: "Charts",
  metrics: "Metrics",
  config: "Config",
  runsTable: "Runs",
  copy: "Copy",
  close: "Close",
  retry: "Try again",
  loading: "Loading …",
  download: "Download",
  expand: "Expand",
  shrink: "Shrink",
  unknownPage: "There is no such page",
  unknownPageAdvice: "Go back to the experiments, by the link at the top left.",
  switchTheme: (theme: string) => (theme === "dark" ? "Light theme" : "Dark theme"),
  problem,

  live: {
    idle: "idle",
    connecting: "connecting",
    live: "live",
    reconnecting: "reconnecting",
    paused: "paused",
  },
  liveTitle: {
    idle: "Nothing on this page changes any more",
    connecting: "Opening the live stream",
    live: "Changes appear as they happen",
    reconnecting: "The live stream broke; what was missed is fetched when it is back",
    paused: "The tab was hidden; it continues where it stopped",
  },
  behind: (count: string) => `behind by ${count}`,
  behindTitle: "This many records are logged but not in the tables yet",

  status: {
    NotStarted: "not started",
    Queued: "queued",
    Preparing: "preparing",
    Provisioning: "provisioning",
    Starting: "starting",
    Running: "running",
    CancelRequested: "canceling",
    Canceled: "canceled",
    Finalizing: "finalizing",
    Completed: "completed",
    Failed: "failed",
    NotResponding: "not responding",
    Paused: "paused",
  } as Readonly<Record<string, string>>,

  columns: {
    title: "Columns",
    name: "Name",
    status: "Status",
    duration: "Duration",
    created: "Created",
    tags: "Tags",
    runs: "Runs",
    running: "Running",
    lastRun: "Last run",
  },
  noColumns: "Config values and metrics appear here once a run has logged some.",
  sortBy: (title: string) => `Sort by ${title}`,
  selectAll: "Select all runs",
  selectRun: (name: string) => `Select ${name}`,
  childrenOf: (name: string, count: number) => `${many(count, "child run")} of ${name}`,
  runsShown: (count: string, more: boolean) =>
    `${count}${more ? "+" : ""} ${count === "1" && !more ? "run" : "runs"}`,
  runningCount: (count: number) => `${formatCount(count)} running`,
  selected: (count: number) => `${formatCount(count)} selected`,
  newRuns: (count: number) => `${formatCount(count)} new`,
  newMaybeHidden: "New runs; the filter may leave them out",
  chartsOfSelected: (count: number) =>
    count === 1
      ? "Charts of the selected run"
      : `Charts of the ${formatCount(count)} selected runs`,
  chartsOfNewest: (count: number) =>
    count === 1 ? "Charts of the newest run" : `Charts of the newest ${formatCount(count)} runs`,
  valuesOf: "one value a run",
  firstOfSelected: (shown: number, count: number) =>
    `Charts of the first ${shown} of ${formatCount(count)} selected runs`,
  layout: { title: "What fills the page", table: "Table", split: "Both", charts: "Charts" },
  filter: {
    label: "Filter the runs",
    placeholder: "Filter by name, or metrics.loss.last < 0.2",
    help: 'Words search in names. Or compare: status = Running, config.lr >= 0.1, metrics.loss.min < 0.2, tags.team = "a", name ~ "ridge"; join with and, or, not.',
    nothing: "No run matches",
    nothingAdvice: "Loosen the filter, or clear it to see every run.",
  },

  controls: {
    search: "Search metrics",
    x: "x",
    logY: "log y",
    smoothing: "Smoothing",
    reset: "Show all of x (r)",
  },
  axis: { step: "step", relative: "relative time", time: "wall time" },
  zoomed: (from: string, to: string) => `${from} – ${to}`,
  chartOf: (metric: string, lines: number) => `${metric}: ${many(lines, "line")} over x`,
  overColumn: (name: string) => `over ${name}`,
  noPoints: "No points here",
  noMatch: "No metric matches the search",
  andMore: (count: number) => `and ${formatCount(count)} more`,

  chart: {
    members: (count: number, of: number) => `${formatCount(count)} of ${many(of, "run")}`,
  },

  noExperiments: {
    title: "Nothing has been logged yet",
    text: "Run this, and its experiment appears here by itself:",
    code: INIT,
  },
  noRuns: {
    title: "This experiment has no runs",
    text: "Log one, and it appears here by itself:",
    code: (experiment: string) => INIT.replace("first-steps", experiment),
  },
  noChildren: {
    title: "This run has no child runs",
    text: "A sweep logs each of its trials as a child:",
    code: `for alpha in [0.1, 0.2, 0.4]:
    with run.child_run(name=f"alpha {alpha}") as child:
        child.log("mse", train(alpha))`,
  },
  noMetrics: {
    title: "No metric has been logged yet",
    code: `run.log("loss", 0.25)  # once more: a line
run.log({"loss": 0.2, "acc": 0.9}, step=3)`,
  },

  tabs: {
    overview: "Overview",
    charts: "Charts",
    tables: "Tables",
    images: "Images",
    files: "Files",
    logs: "Logs",
    children: "Children",
  },
  run: {
    tabs: "Parts of the run",
    id: "Id",
    copyId: "Copy the run's id",
    started: "Started",
    ended: "Ended",
    created: "Created",
    seen: "Last heard of",
    duration: "Duration",
    user: "User",
    host: "Host",
    target: "Compute target",
    type: "Type",
    parent: "Parent run",
    number: "Number",
    timeline: "Timeline",
    details: "Details",
    tags: "Tags",
    properties: "Properties",
    keyNumbers: "Latest values",
    allCharts: "All charts",
    failed: "The run failed",
    notResponding: "The run does not respond",
    notRespondingAdvice:
      "Nothing was heard of its process for a minute. It may have been killed, or its machine is away; if it lives, it goes on by itself.",
    lastLines: (file: string) => `The end of ${file}`,
    allLines: "Whole log",
    previous: "Previous run ( [ )",
    next: "Next run ( ] )",
  },
  metricColumns: {
    name: "Metric",
    last: "Last",
    min: "Min",
    max: "Max",
    count: "Points",
    step: "Step",
  },
  values: "Values",
  counts: "counts",
  times: (count: number) => many(count, "time"),
  overIndex: "index",
  rows: (count: number) => many(count, "row"),
  firstRows: (shown: number, count: number) =>
    `the first ${formatCount(shown)} of ${many(count, "row")}`,
  images: (count: number) => many(count, "image"),
  openTable: "Open the table",
  notNumeric: "Fewer than two columns of numbers: nothing to draw.",

  noTables: {
    title: "No table has been logged",
    text: "Rows under one name build a table; numbers are drawn, the first column along x:",
    code: `run.log_row("curve", x=1, y=0.4)
run.log_table("curve", {"x": [2, 3], "y": [0.6, 0.7]})`,
  },
  noImages: {
    title: "No image has been logged",
    text: "Figures and picture files both work, and a step makes them a sequence:",
    code: `run.log_image("residuals", plot=plt)
run.log_image("sample", path="sample.png", step=3)`,
  },
  noFiles: {
    title: "No file has been uploaded",
    text: "What a script writes to ./outputs and ./logs is captured by itself. Or by hand:",
    code: `run.upload_file("outputs/model.pkl", "model.pkl")`,
  },
  noLogs: {
    title: "No log text yet",
    text: "Text files that a script writes to ./logs appear here while they grow.",
  },
  step: "Step",
  stepOf: (step: string, at: number, count: number) => `step ${step} · ${at} of ${count}`,
  noPreview: "No preview for this kind of file.",
  chooseFile: "Choose a file to see it.",
  previewCut: (size: string) => `The first ${size}; download it for the rest.`,
  logSkipped: (count: number) => `${formatCount(count)} earlier characters are not shown`,
  jumpToEnd: "Jump to end",
  logFiles: "Log files",
  brokenChart: "This chart's document does not hold together; its file is under Files.",

  published: {
    actual: "actual",
    predicted: "predicted",
    share: (count: string, percent: string) => `${count} (${percent} of the row)`,
    falsePositives: "false positive rate",
    truePositives: "true positive rate",
    recall: "recall",
    precision: "precision",
    roc: "ROC",
    precisionRecall: "Precision and recall",
    area: (area: string) => `AUC ${area}`,
    residual: "residual (predicted − actual)",
    count: "count",
    average: "mean prediction",
    band: "± error",
    ideal: "ideal",
  },

  compare: {
    title: "Compare",
    parameters: "Parameters",
    tabs: {
      charts: "Charts",
      parameters: "Parameters",
      tables: "Tables",
      images: "Images",
      text: "Text",
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
    missing: (ids: readonly string[]) =>
      `No run has the id ${ids.join(" or ")}: take it out of the address`,
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
  },

  keys: {
    title: "Keys",
    list: [
      ["/", "Search or filter"],
      ["j k", "Next and previous row"],
      ["x", "Select the row"],
      ["c", "Compare the selected rows"],
      ["Enter", "Open the row"],
      ["[ ]", "Previous and next run"],
      ["r", "Show all of x again"],
      ["?", "These keys"],
      ["Esc", "Leave a field, close this"],
    ] as readonly (readonly [string, string])[],
    mouse: "Drag over a chart to zoom; double-click to see all.",
  },
};
