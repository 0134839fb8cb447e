/** The words of submitted runs: compute targets, jobs, code, pipelines and sweeps. */
import { formatCount, many } from "./base/format.ts";

export const COMPUTE = {
  title: "Compute",
  queued: (count: number) => `${formatCount(count)} queued`,
  active: (count: number) => `${formatCount(count)} active`,
  idle: "Nothing runs here, and nothing waits.",
  columns: {
    status: "Status",
    run: "Run",
    experiment: "Experiment",
    user: "By",
    priority: "Priority",
    since: "For",
  },
  priority: (priority: string) => `priority ${priority}`,
  place: (place: number) => `number ${formatCount(place)} in the queue`,
  waitsSince: (instant: string) => `waits since ${instant}`,
  startedAt: (instant: string) => `started ${instant}`,
  takenSince: (instant: string) => `submitted ${instant}, not started yet`,
  more: (count: number) => `${formatCount(count)} more`,
  runsOf: (target: string) => `Runs on ${target}`,
  nothing: {
    title: "No run has been submitted",
    text: "A script that is submitted runs in a process of its own, here or on another machine, and its queue is on this page:",
    code: `import runtide

experiment = runtide.Experiment(runtide.Workspace(), "first-steps")
config = runtide.ScriptRunConfig(source_directory=".", script="train.py")
run = experiment.submit(config)`,
  },
};

export const JOB = {
  title: "Job",
  command: "Command",
  copyCommand: "Copy the command",
  target: "Target",
  priority: "Priority",
  environment: "Environment",
  kinds: {
    current: "interpreter of the target",
    interpreter: "existing interpreter",
    venv: "virtual environment",
    conda: "conda environment",
  } as Readonly<Record<string, string>>,
  python: (version: string) => `Python ${version}`,
  packages: (count: number) => many(count, "package"),
  variables: "Variables",
  source: "Folder",
  code: "Code",
  files: "Its files",
  limit: "Time limit",
  submitted: "Submitted",
  attempts: "Attempts",
  exitCode: "Exit code",
  signal: "Ended by",
  lastOutput: "The end of its output",
};

export const CODE = {
  search: "Search the code",
  zip: "Download ZIP",
  taken: "Taken",
  leftOut: (count: number) => `${many(count, "file")} left out`,
  chooseFile: "Choose a file to read it.",
  none: {
    title: "No snapshot was taken of this run's code",
    text: "Submitting a script takes one of its folder. A run that logs from its own process names the folder:",
    code: `run = experiment.start_logging(snapshot_directory=".")
run.take_snapshot(".")  # or of a run that goes on`,
  },
  without: (name: string) => `No snapshot was taken of the code of ${name}.`,
  equal: "The code of both is the same",
  summary: (changed: number, added: number, removed: number, equal: number) =>
    `${formatCount(changed)} changed, ${formatCount(added)} added, ${formatCount(removed)} removed, ${formatCount(equal)} equal`,
  kinds: { added: "added", removed: "removed", changed: "changed" },
  signs: { added: "+", removed: "−", changed: "±" },
  changes: "Files that differ",
  chooseChange: "Choose a file to see what differs in it.",
  binary: (left: string, right: string) => `No text: ${left} on the left, ${right} on the right.`,
  nowhere: "nothing",
};

export const STEPS = {
  graph: "Steps",
  step: (name: string) => `Step ${name}`,
  notSubmitted: "not submitted",
  waitsFor: "After",
  attempt: (count: number) => many(count, "attempt"),
  noRun: {
    title: "This step has no run yet",
    text: "It is submitted once the steps before it are completed.",
  },
  openRun: "Open run",
  all: "Runs of the steps",
};

export const SWEEP = {
  all: "All children",
  best: (metric: string) => `Best ${metric}`,
  bestMark: "Best child",
  goals: { minimize: "smallest is best", maximize: "largest is best" },
  noValue: "No child has logged it yet",
  rank: "Rank",
  child: "Child",
  status: "Status",
  compare: (count: number) => `Parallel coordinates of ${many(count, "child", "children")}`,
  firstCompared: (count: number) => `Parallel coordinates of the best ${formatCount(count)}`,
  more: (count: number) => `${formatCount(count)} more`,
};
