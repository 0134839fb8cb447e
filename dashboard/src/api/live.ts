/** The live stream: server-sent events with a resume position, kept open through outages. */
import type { RunChange } from "../model/edits.ts";
import type { Delta } from "../model/live.ts";
import type { SavedViewChange } from "../model/saved-views.ts";
import { asArray, asObject, asText, decodeDelta, decodeRunChange, numberOrNull } from "./decode.ts";
import { decodeSavedView } from "./edits.ts";

export interface LiveChange {
  readonly run: string;
  readonly what: string;
  readonly name: string | null;
}

export interface LiveHandlers {
  readonly onOpen: () => void;
  /** The stream broke; it is tried again by itself. */
  readonly onBroken: () => void;
  /** `position` is where the stream continues after these points. */
  readonly onPoints: (deltas: readonly Delta[], position: string) => void;
  readonly onRun: (runId: string, change: RunChange) => void;
  readonly onView: (change: SavedViewChange) => void;
  /** A model of this name has another version, or one of its versions was edited. */
  readonly onModel: (name: string) => void;
  readonly onChanged: (change: LiveChange) => void;
  /** The server no longer knows the position: what is shown must be fetched again. */
  readonly onReset: () => void;
  readonly onLag: (count: number) => void;
}

export interface LiveStream {
  /** The position after the last event seen. */
  readonly position: () => string;
  readonly close: () => void;
}

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 15_000;

/**
 * Open the stream of `runs` (null: every run's own changes, no points) after `since`.
 *
 * EventSource gives up for good on an HTTP error and otherwise retries at its own pace, so the
 * retries are ours: 0.5 s doubling to 15 s, each resuming after the last event seen.
 */
export function openLive(
  runs: readonly string[] | null,
  since: string,
  handlers: LiveHandlers,
): LiveStream {
  let position = since;
  let retryMs = RETRY_MIN_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | null = null;

  const connect = () => {
    const query = new URLSearchParams();
    if (runs) query.set("runs", runs.join(","));
    if (position) query.set("since", position);
    source = new EventSource(`/api/v1/live?${query}`);
    source.onopen = () => {
      retryMs = RETRY_MIN_MS;
      handlers.onOpen();
    };
    source.onerror = () => {
      source?.close();
      handlers.onBroken();
      timer = setTimeout(connect, retryMs * (0.75 + Math.random() / 2));
      retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
    };
    const on = (type: string, handle: (data: unknown) => void) =>
      source?.addEventListener(type, (event: MessageEvent<string>) => {
        if (event.lastEventId) position = event.lastEventId;
        handle(JSON.parse(event.data || "{}"));
      });
    on("points", (data) => {
      const series = asArray(asObject(data, "points").series, "points.series");
      handlers.onPoints(series.map(decodeDelta), position);
    });
    on("run", (data) => {
      handlers.onRun(asText(asObject(data, "run").run_id, "run_id"), decodeRunChange(data));
    });
    on("view", (data) => {
      const view = asObject(data, "view");
      handlers.onView({
        experiment: asText(view.experiment, "view.experiment"),
        name: asText(view.name, "view.name"),
        view: view.query === null ? null : decodeSavedView(view),
      });
    });
    on("model", (data) => {
      handlers.onModel(asText(asObject(data, "model").name, "model.name"));
    });
    on("changed", (data) => {
      const { run, what, name } = asObject(data, "changed");
      handlers.onChanged({
        run: asText(run, "changed.run"),
        what: asText(what, "changed.what"),
        name: typeof name === "string" ? name : null,
      });
    });
    on("reset", () => handlers.onReset());
    on("lag", (data) => handlers.onLag(numberOrNull(asObject(data, "lag").lag_count) ?? 0));
  };

  connect();
  return {
    position: () => position,
    close: () => {
      clearTimeout(timer);
      source?.close();
    },
  };
}
