/** Every word that a person reads. */
import { formatCount, many } from "./base/format.ts";
import { COMPARE } from "./strings-compare.ts";
import { CODE, COMPUTE, JOB, STEPS, SWEEP } from "./strings-jobs.ts";
import { MODELS } from "./strings-models.ts";
import { SQL } from "./strings-sql.ts";
import { SYSTEM } from "./strings-system.ts";

const INIT = `import runtide

with runtide.init(experiment="first-steps") as run:
    for step in range(100):
        run.log("loss", 1 / (step + 1))`;

interface Failure {
  readonly title: string;
  readonly advice: string;
}

/** By the API's own codes and statuses; anything else shows what the server said. */
function problem(error: Error & { status?: number; code?: string }): Failure {
  if (error.status === 0) {
    return {
      title: "The server does not answer",
      advice: "Start it with `runtide up`.",
    };
  }
  if (error.status === 403) {
    return { title: "Your token does not let you do that", advice: error.message };
  }
  const ofSql = SQL.problem(error);
  if (ofSql) return ofSql;
  if (error.code === "outdated-page") {
    return {
      title: "Runtide was upgraded",
      advice: "Load this page again to have its new version.",
    };
  }
  if (error.status === 404) {
    // What follows is for those who call the API.
    const [what] = error.message.split(": GET ");
    const advice = `${what[0].toUpperCase()}${what.slice(1)}. Check the address.`;
    return { title: "Nothing is there", advice };
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
  places: "Everything there is",
  experiments: "Experiments",
  charts: "Charts",
  metrics: "Metrics",
  config: "Config",
  runsTable: "Runs",
  copy: "Copy",
  close: "Close",
  retry: "Try again",
  goesOn: "This page goes on by itself once it is back.",
  loading: "Loading …",
  download: "Download",
  unknownPage: "There is no such page",
  unknownPageAdvice: "Go back to the experiments, by the link at the top left.",
  switchTheme: (theme: string) => (theme === "dark" ? "Light theme" : "Dark theme"),
  problem,

  session: {
    title: "Sign in to Runtide",
    advice:
      "This server lets in whoever has a token. Paste yours; the command “runtide token create” makes one.",
    atProvider: (host: string) => `Sign in with ${host}`,
    orToken: "or with a token",
    token: "Token",
    refused: "Nobody is let in with this token. See that it is whole, or ask an admin for another.",
    signIn: "Sign in",
    signOut: "Sign out",
    everyWorkspace: "all workspaces",
    who: (name: string, role: string) => `You are ${name}, ${role}`,
  },

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
  sortBy: (title: string) => `Sort by ${title}`,
  selectRun: (name: string) => `Select ${name}`,
  childCount: (count: number) => many(count, "child run"),
  childrenOf: (name: string, count: number) => `${many(count, "child run")} of ${name}`,
  runsShown: (count: string) => `${count} ${count === "1" ? "run" : "runs"}`,
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
    placeholder: "Name, or status = running and …",
    help: 'Words search in names. Or compare: status = Running, config.lr >= 0.1, metrics.loss.min < 0.2, tags.team = "a", name ~ "ridge"; join with and, or, not.',
    nothing: "No run matches",
    nothingAdvice: "Loosen the filter, or clear it to see every run.",
  },

  table: {
    completions: "What could stand here",
    fieldDetail: (kind: string, runs: string) =>
      `${kind} · ${runs} ${runs === "1" ? "run" : "runs"}`,
    operators: {
      "=": "is",
      "!=": "is not",
      "<": "less than",
      "<=": "at most",
      ">": "more than",
      ">=": "at least",
      "~": "contains",
    } as Readonly<Record<string, string>>,
    attributes: {
      status: "Status",
      duration: "Duration",
      created: "Created",
      tags: "Tags",
      started: "Started",
      ended: "Ended",
      user: "User",
      host: "Host",
      target: "Compute target",
      run_type: "Type",
      description: "Description",
      run_id: "Id",
    },
    sources: { config: "Config", properties: "Properties", tags: "Tags", metrics: "Metrics" },
    aboutRun: "About the run",
    shownColumns: "Shown, in this order",
    searchColumns: "Search columns",
    searchForMore: (count: string) => `and ${count} more: search for them`,
    noColumn: "No column is called that",
    moveUp: (column: string) => `Move ${column} up`,
    moveDown: (column: string) => `Move ${column} down`,
    pin: (column: string) => `Keep ${column} at the left`,
    hide: (column: string) => `Hide ${column}`,
    resize: (column: string) => `Width of ${column}`,
    headingHelp: (column: string) => `Sort by ${column}; drag, or Alt ← →, to move it`,
    group: "Group",
    groupedBy: (columns: string) => `Group: ${columns}`,
    ungroup: "No groups",
    groupOf: (title: string, text: string) => `${title}: ${text}`,
    fold: (group: string) => `Close ${group}`,
    unfold: (group: string) => `Open ${group}`,
    selectGroup: (group: string) => `Select the runs of ${group}`,
    runs: (count: number) => many(count, "run"),
    selectLoaded: (count: number) => `Select the ${many(count, "run")} loaded`,
    spread: (mean: string, min: string, max: string, count: string) =>
      `mean ${mean}, from ${min} to ${max}, of ${count}`,
    firstLoaded: (count: string) => `the first ${count} are grouped`,
    newOrder: "new order",
    newOrderTitle: "Values changed since the list was sorted: sort it anew",
    export: "Export CSV",
    exporting: "Exporting …",
    clearSelection: "Select none",
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
    of: (action: string, title: string) => `${action}: ${title}`,
    menu: "Save or share",
    fullScreen: "Full screen",
    leaveFullScreen: "Leave full screen (Esc)",
    png: "Save as PNG",
    svg: "Save as SVG",
    csv: "Save as CSV",
    copyLink: "Copy link",
    copied: "Link copied",
    saved: "Saved",
    writing: "Writing CSV …",
    savedRows: (count: number) => `Saved ${many(count, "row")}`,
    firstRows: (count: number) => `Saved the first ${many(count, "row")}; zoom in for the rest`,
    failed: (message: string) => `Not saved: ${message}`,
    noCanvas: "this browser cannot draw pictures; save it as SVG",
    gestures:
      "Drag to zoom, double-click to see all, shift-drag to move, Ctrl or ⌘ and the wheel to zoom.",
    members: (count: number, of: number) => `${formatCount(count)} of ${many(of, "run")}`,
    min: (text: string) => `min ${text}`,
    max: (text: string) => `max ${text}`,
    at: (value: string, x: string) => `${value} at ${x}`,
    atStep: (value: string, step: string) => `${value} at step ${step}`,
    among: (marks: string) => `${marks} among them`,
    withoutX: (count: number, metric: string) => `${many(count, "point")} without ${metric}`,
    hiddenByLog: "≤ 0 has no place here",
    logX: "log x",
    metricsAsX: "metrics",
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
    code: "Code",
    children: "Children",
    system: "System",
  },
  run: {
    tabs: "Parts of the run",
    id: "Id",
    copyId: "Copy the run's id",
    started: "Started",
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
    startedWith: "Started with",
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
  jumpToEnd: "Jump to end",
  logFiles: "Log files",
  brokenChart: "This chart's document does not hold together; its file is under Files.",

  published: {
    actual: "actual",
    predicted: "predicted",
    counts: "Counts",
    shares: "Share of row",
    accuracy: (percent: string) => `${percent} right`,
    cellOf: (actual: string, predicted: string, count: string, row: string, column: string) =>
      `${actual} as ${predicted}: ${count}, ${row} of its row, ${column} of its column`,
    curve: "Curve",
    classes: "Classes",
    curves: {
      roc: { title: "ROC", xName: "false positive rate", yName: "true positive rate" },
      precisionRecall: { title: "Precision and recall", xName: "recall", yName: "precision" },
      lift: { title: "Lift", xName: "share called positive", yName: "lift" },
      gain: { title: "Cumulative gain", xName: "share called positive", yName: "share found" },
      calibration: {
        title: "Calibration",
        xName: "predicted probability",
        yName: "share that is positive",
      },
    },
    pointOf: (label: string, x: string, y: string) => `${label}: ${y} at ${x}`,
    binOf: (from: string, to: string, count: string, share: string) =>
      `${from} … ${to}: ${count} (${share})`,
    predictionOf: (actual: string, mean: string, error: string, count: string) =>
      `${mean} ± ${error} at ${actual} (${count})`,
    save: (format: string, name: string) => `Save ${name} as ${format}`,
    area: (area: string) => `AUC ${area}`,
    residual: "residual (predicted − actual)",
    count: "count",
    average: "mean prediction",
    band: "± error",
    ideal: "ideal",
  },

  edits: {
    menuOf: (name: string) => `Actions for ${name}`,
    name: "Name of the run",
    rename: "Rename",
    renameTitle: "Rename the run",
    renameHint: "Double-click to rename",
    save: "Save",
    saveHint: "Ctrl Enter",
    back: "Back",
    undo: "Undo",
    description: "Description of the run",
    describe: "Edit the description",
    addDescription: "Add a description",
    addTag: "+ tag",
    newTag: "New tag",
    tagForm: "name: value",
    removeTag: (key: string) => `Remove tag ${key}`,
    color: "Colour",
    colorNumber: (number: number) => `Colour ${number}`,
    ownColor: "By number",
    archive: "Archive",
    unarchive: "Unarchive",
    isArchived: "archived",
    archivedToggle: "Archived",
    archivedTitle: "List archived runs too",
    archived: (count: number, archived: boolean) =>
      `${many(count, "run")} ${archived ? "archived" : "brought back"}`,
    delete: "Delete",
    restore: "Restore",
    isDeleted: "deleted",
    binToggle: "Bin",
    binTitle: "List deleted runs, which can be restored",
    deleted: (count: number, deleted: boolean) =>
      `${many(count, "run")} ${deleted ? "deleted" : "restored"}`,
    cancel: "Cancel",
    canceling: "Canceling …",
    cancelOf: (name: string) => `Cancel ${name}`,
    cancelRun: "Cancel run",
    cancelTitle: (name: string) => `Cancel ${name}?`,
    cancelAdvice:
      "The run is marked as canceled for good. Its script is not stopped: end that where it runs. What it goes on logging is kept.",
    cancelSubmittedAdvice:
      "Its script is asked to end, and is ended with all of its processes if it does not. What it logged until then is kept.",
    cancelWaitingAdvice: "It leaves the queue, and its script is not started.",
    keepRunning: "Keep it running",
    keepWaiting: "Keep it queued",
    refused: (title: string, advice: string) => `Not changed. ${title}: ${advice}`,
    views: "Views",
    noViews: "Save what you see, filter, order, columns and charts, under a name for everybody.",
    viewName: "Name of the view",
    saveView: "Save view",
    replaceView: "Replace",
    deleteView: (name: string) => `Delete view ${name}`,
    viewDeleted: (name: string) => `View “${name}” deleted`,
  },

  runPage: {
    lines: (count: number) => many(count, "line"),
    wrap: "wrap",
    searchLog: "Search the log",
    matchCase: "Match capitals",
    regex: "Regular expression",
    searching: "searching …",
    matchOf: (at: number, count: number) => `${formatCount(at)} of ${formatCount(count)}`,
    previousMatch: "Previous match (Shift Enter)",
    nextMatch: "Next match (Enter)",
    nextError: "Next error",
    nextErrorTitle: "Go to the next line that names an error, an exception or a traceback",
    noError: "No error in it",
    searchFiles: "Search the files",
    filesOf: (count: number, size: string) => `${many(count, "file")}, ${size}`,
    copyPath: "Copy path",
    copyJson: "Copy JSON",
    sorting: "sorting …",
    previewKinds: { table: "Table", json: "Tree", drawing: "Image", text: "Text" },
    firstRows: (count: number) => `the first ${many(count, "row")}`,
    newest: "Newest",
    openImage: (name: string) => `Look at ${name}`,
    pixels: (width: number, height: number) => `${width} × ${height}`,
    zoomIn: "Zoom in (+)",
    zoomOut: "Zoom out (-)",
    fit: "Fit (0)",
    searchRows: "Search the rows",
    rowsOf: (count: number, all: number) => `${formatCount(count)} of ${many(all, "row")}`,
    drawnRows: (shown: number, count: number) =>
      `The chart shows the first ${formatCount(shown)} of ${many(count, "row")}.`,
    csv: "CSV",
    json: "JSON",
    searchWithin: (what: string) => `Search in ${what}`,
    searchValues: "Search keys and values",
    copyAll: (what: string) => `Copy JSON of ${what}`,
    copyValue: (path: string) => `Copy ${path}`,
    copyLink: "Copy link to this view",
    share: "Copy link",
    firstOf: (shown: number, count: number) =>
      `the first ${formatCount(shown)} of ${formatCount(count)}`,
    members: (isList: boolean, count: number) =>
      isList ? many(count, "item") : many(count, "value"),
    by: (who: string) => `by ${who}`,
    soFar: "so far",
    lastStep: "Last step",
    points: "Points",
    trend: "Trend",
    trendOf: (metric: string) => `How ${metric} went`,
    siblingsOf: "Runs under the same parent,",
    childOf: "Itself a child of",
    noChildren: {
      title: "This run has no child runs",
      text: "A sweep or a cross-validation logs each part to a run of its own:",
      code: `with run.child_run(name="fold 1") as fold:
    fold.log("accuracy", 0.93)`,
    },
    linkToLine: (line: number) => `Link to line ${formatCount(line)}`,
  },

  palette: {
    title: "Go anywhere",
    open: "Search",
    placeholder: "Type a run, an experiment or what to do",
    nothing: "Nothing of that name",
    kinds: { action: "Do", experiment: "Experiments", run: "Runs" },
    runs: (count: number) => many(count, "run"),
    goToTab: (tab: string) => `Go to ${tab.toLowerCase()}`,
    ofThisRun: "this run",
    layout: (layout: string) => `Show ${layout.toLowerCase()}`,
    clearFilter: "Clear the filter",
    clearSelection: "Clear the selection",
    experiments: "Go to the experiments",
    compute: "Go to the compute targets",
    copyLink: "Copy a link to this page",
    theme: "Switch between light and dark",
  },

  compare: COMPARE,
  compute: COMPUTE,
  job: JOB,
  code: CODE,
  steps: STEPS,
  sweep: SWEEP,
  models: MODELS,
  sql: SQL,
  system: SYSTEM,

  keys: {
    title: "Keys",
    list: [
      ["Mod K", "Go anywhere"],
      ["/", "Search or filter"],
      ["j k", "Next and previous row, as do ↓ ↑"],
      ["x", "Select the row, as does Space; with Shift ↓ ↑ several"],
      ["c", "Compare the selected rows"],
      ["Enter", "Open the row"],
      ["← →", "Close and open a group"],
      ["[ ]", "Previous and next run"],
      ["r", "Show all of x again"],
      ["?", "These keys"],
      ["Esc", "Leave a field, close this"],
    ] as readonly (readonly [string, string])[],
    mouse:
      "Drag over a chart to zoom, double-click to see all; shift-drag moves, Ctrl or ⌘ and the wheel zoom.",
  },
};
