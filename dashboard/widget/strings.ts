/** Every word of the widget that the page does not have. */
import { formatCount, many } from "../src/base/format.ts";

export const W = {
  open: "Open its page",
  state: {
    connecting: "connecting",
    live: "live",
    reconnecting: "reconnecting",
    ended: "ended",
    broken: "not live",
  },
  stateTitle: {
    connecting: "The kernel reads the run for the first time",
    live: "Changes appear as they happen",
    reconnecting: "The kernel lost the server; what was missed is fetched when it is back",
    ended: "The run has ended, and this is all of it",
    broken: "The kernel cannot follow the run",
  },
  run: "Run",
  experiment: "Experiment",
  created: "Created",
  duration: "Duration",
  properties: "Properties",
  metrics: "Metrics",
  loading: "Reading the run …",
  noMetrics: "Nothing is logged yet.",
  leftOut: (count: number) => `${many(count, "more metric")} on the run's page`,
  log: "Log",
  logOf: (file: string) => `The end of ${file}`,
  logLines: (shown: number, all: number) =>
    shown < all ? `the last ${formatCount(shown)} of ${formatCount(all)} lines` : many(all, "line"),
  children: "Child runs",
  childrenShown: (shown: number, all: number) =>
    `the first ${formatCount(shown)} of ${formatCount(all)}`,
  best: "Best child",
  isBest: "the best",
  pointHint: "Point at a line for its run; drag along an axis to keep some runs.",
};
