/** What the notebook's kernel tells: the traits of the widget's model, decoded. */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  asArray,
  asObject,
  asText,
  decodeMetric,
  decodeRun,
  type Json,
  numberOrNull,
  textOrNull,
} from "../src/api/decode.ts";
import type { MetricItem } from "../src/model/catalog.ts";
import type { Run } from "../src/model/run.ts";
import { type Drawn, NOTHING_DRAWN, withSeries, withTail } from "./drawn.ts";

/** The part of anywidget's model that is used here. */
export interface KernelModel {
  get: (trait: string) => unknown;
  on: (event: string, callback: () => void) => void;
  off: (event: string, callback: () => void) => void;
}

export interface FollowState {
  readonly name: "connecting" | "live" | "reconnecting" | "ended" | "broken";
  readonly reason: string | null;
}

export interface LogTail {
  readonly file: string;
  readonly lineCount: number;
  /** The number of the first line, from 0. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface Children {
  readonly runs: readonly Run[];
  readonly totalCount: number;
  readonly primary: { readonly name: string; readonly goal: string } | null;
  readonly best: { readonly runId: string; readonly value: number } | null;
}

export interface Kernel {
  readonly url: ReadonlySignal<string>;
  readonly state: ReadonlySignal<FollowState>;
  readonly run: ReadonlySignal<Run | null>;
  readonly metrics: ReadonlySignal<readonly MetricItem[]>;
  readonly drawn: ReadonlySignal<Drawn>;
  readonly log: ReadonlySignal<LogTail | null>;
  readonly children: ReadonlySignal<Children | null>;
  dispose: () => void;
}

export function listenToKernel(model: KernelModel): Kernel {
  const url = signal("");
  const state = signal<FollowState>({ name: "connecting", reason: null });
  const run = signal<Run | null>(null);
  const metrics = signal<readonly MetricItem[]>([]);
  const drawn = signal<Drawn>(NOTHING_DRAWN);
  const log = signal<LogTail | null>(null);
  const children = signal<Children | null>(null);

  const hear: Readonly<Record<string, () => void>> = {
    url: () => assign(url, String(model.get("url") ?? "")),
    state: () => assign(state, decodeState(model.get("state"))),
    run: () => assign(run, optional(model.get("run"), decodeRun)),
    metrics: () => assign(metrics, asArray(model.get("metrics"), "metrics").map(decodeMetric)),
    series: () => assign(drawn, draw(model, drawn.peek())),
    tail: () => assign(drawn, draw(model, drawn.peek())),
    log: () => assign(log, optional(model.get("log"), decodeLog)),
    children: () => assign(children, optional(model.get("children"), decodeChildren)),
  };
  batch(() => {
    for (const one of Object.values(hear)) one();
  });
  for (const [trait, one] of Object.entries(hear)) model.on(`change:${trait}`, one);
  return {
    url,
    state,
    run,
    metrics,
    drawn,
    log,
    children,
    dispose: () => {
      for (const [trait, one] of Object.entries(hear)) model.off(`change:${trait}`, one);
    },
  };
}

/** One message sets all that it changes before anything is told, so both are of one moment. */
function draw(model: KernelModel, old: Drawn): Drawn {
  const series = optional(model.get("series"), (value) => asObject(value, "series"));
  const tail = optional(model.get("tail"), (value) => asObject(value, "tail"));
  const whole = series ? withSeries(old, series) : old;
  return tail ? withTail(whole, tail) : whole;
}

function assign<T>(target: Signal<T>, value: T): void {
  target.value = value;
}

function optional<T>(value: unknown, decode: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : decode(value);
}

function decodeState(value: unknown): FollowState {
  const state = asObject(value ?? {}, "state");
  const name = (textOrNull(state.name) ?? "connecting") as FollowState["name"];
  return { name, reason: textOrNull(state.reason) };
}

function decodeLog(value: unknown): LogTail {
  const log = asObject(value, "log");
  return {
    file: asText(log.file, "log.file"),
    lineCount: numberOrNull(log.line_count) ?? 0,
    first: numberOrNull(log.line) ?? 0,
    lines: asArray(log.lines, "log.lines").map(String),
  };
}

function decodeChildren(value: unknown): Children {
  const children = asObject(value, "children");
  return {
    runs: asArray(children.items, "children.items").map(decodeRun),
    totalCount: numberOrNull(children.total_count) ?? 0,
    primary: optional(children.primary, (one) => {
      const primary = one as Json;
      return { name: asText(primary.name, "primary.name"), goal: String(primary.goal) };
    }),
    best: optional(children.best, (one) => {
      const best = one as Json;
      return { runId: asText(best.run_id, "best.run_id"), value: numberOrNull(best.value) ?? 0 };
    }),
  };
}
