/** The HTTP API, one function an endpoint. */

import type {
  ChartItem,
  Experiment,
  FileItem,
  ImageItem,
  MetricItem,
  Paged,
  RunsAnswer,
  RunsQuery,
} from "../model/catalog.ts";
import type { FieldKind, FieldList, FieldSource } from "../model/fields.ts";
import type { Run } from "../model/run.ts";
import type { Cell } from "../model/tables.ts";
import {
  asArray,
  asNumber,
  asObject,
  asText,
  cellColumn,
  decodeMetric,
  decodeRun,
  instantOrNull,
  type Json,
  numberOrNull,
  textOrNull,
} from "./decode.ts";

/** The server refused or was not there. `status` is 0 when no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const BASE = "/api/v1";

/**
 * `fresh` answers wait until the tables hold all that the log held when the request came. The
 * live stream is ahead of the tables, so whoever asks because of an event asks for a fresh one.
 */
export interface Asking {
  readonly fresh: boolean;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

export const AS_IT_IS: Asking = { fresh: false };

export async function listExperiments(asking = AS_IT_IS): Promise<Paged<Experiment>> {
  return paged(await getJson("/experiments?limit=1000", asking), (item) => ({
    name: asText(item.name, "experiment.name"),
    workspace: textOrNull(item.workspace) ?? "default",
    runCount: asNumber(item.run_count, "experiment.run_count"),
    runningCount: asNumber(item.running_count, "experiment.running_count"),
    createdUs: instantOrNull(item.created_us),
    lastCreatedUs: instantOrNull(item.last_created_us),
  }));
}

export async function listRuns(query: RunsQuery, asking = AS_IT_IS): Promise<RunsAnswer> {
  const { cursor, metrics, limit, archived, deleted, includeChildren, ...rest } = query;
  // A name may hold commas itself, so each is quoted as a cell of CSV.
  const names = metrics.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
  const pairs = {
    ...rest,
    limit: String(limit),
    cursor: cursor ?? "",
    metrics: names,
    archived: archived ? "true" : "",
    deleted: deleted ? "true" : "",
    include_children: includeChildren ? "true" : "",
  };
  const answer = await getJson(`/runs?${queryString(pairs)}`, asking);
  const totalCount = numberOrNull(asObject(answer, "page").total_count);
  return { ...paged(answer, decodeRun), totalCount };
}

/** What the runs of an experiment, or the children of a run, can be compared by. */
export async function listFields(
  source: { experiment: string } | { parent: string },
  asking = AS_IT_IS,
): Promise<FieldList> {
  const answer = asObject(await getJson(`/fields?${queryString(source)}`, asking), "fields");
  const items = asArray(answer.items, "fields.items").map((value) => {
    const item = asObject(value, "field");
    return {
      source: asText(item.source, "field.source") as FieldSource,
      name: asText(item.name, "field.name"),
      kind: asText(item.kind, "field.kind") as FieldKind,
      runCount: asNumber(item.run_count, "field.run_count"),
      values: asArray(item.values, "field.values").map((one) => asText(one, "field.value")),
    };
  });
  return {
    items,
    totalCount: asNumber(answer.total_count, "fields.total_count"),
    position: textOrNull(answer.position) ?? "",
  };
}

/** These runs, whatever they are; ids of no run are left out. With all their numeric metrics. */
export async function listRunsById(ids: readonly string[], asking = AS_IT_IS): Promise<Paged<Run>> {
  const pairs = { runs: ids.join(","), metrics: "*", limit: "1000" };
  return paged(await getJson(`/runs?${new URLSearchParams(pairs)}`, asking), decodeRun);
}

export async function getRun(
  runId: string,
  asking = AS_IT_IS,
): Promise<{ run: Run; position: string }> {
  const answer = asObject(await getJson(runPath(runId), asking), "run");
  return { run: decodeRun(answer), position: textOrNull(answer.position) ?? "" };
}

export async function listMetrics(
  runId: string,
  asking = AS_IT_IS,
): Promise<readonly MetricItem[]> {
  const answer = await getJson(`${runPath(runId)}/metrics/summary`, asking);
  return paged(answer, decodeMetric).items;
}

/** The values of one scalar or list metric of any kind, in order of logging. */
export async function getValues(
  runId: string,
  name: string,
  asking = AS_IT_IS,
): Promise<readonly Cell[]> {
  const answer = asObject(
    await getJson(`${runPath(runId)}/metrics?${queryString({ name })}`, asking, {
      headers: { Accept: "application/vnd.runtide.columns+json" },
    }),
    "metrics",
  );
  const entries = asArray(asObject(answer.runs, "metrics.runs")[runId] ?? [], "metrics.runs");
  const entry = entries.map((e) => asObject(e, "metric")).find((e) => e.name === name);
  return entry ? cellColumn(entry.value, asNumber(entry.n, "metric.n"), `metrics.${name}`) : [];
}

export async function listImages(runId: string, asking = AS_IT_IS): Promise<readonly ImageItem[]> {
  return everyPage(`${runPath(runId)}/images`, asking, (item) => ({
    name: asText(item.name, "image.name"),
    path: asText(item.path, "image.path"),
    step: numberOrNull(item.step),
    tsUs: instantOrNull(item.ts_us),
    width: numberOrNull(item.width),
    height: numberOrNull(item.height),
    description: textOrNull(item.description),
  }));
}

export async function listCharts(runId: string, asking = AS_IT_IS): Promise<readonly ChartItem[]> {
  return everyPage(`${runPath(runId)}/charts`, asking, (item) => ({
    name: asText(item.name, "chart.name"),
    schemaType: asText(item.schema_type, "chart.schema_type"),
    path: asText(item.path, "chart.path"),
  }));
}

export async function listFiles(runId: string, asking = AS_IT_IS): Promise<readonly FileItem[]> {
  return everyPage(`${runPath(runId)}/files`, asking, (item) => ({
    path: asText(item.path, "file.path"),
    sizeBytes: asNumber(item.size_bytes, "file.size_bytes"),
    mediaType: textOrNull(item.media_type) ?? "application/octet-stream",
    tsUs: instantOrNull(item.ts_us),
  }));
}

/** Where a browser finds the bytes of a run's file. */
export function fileUrl(runId: string, path: string): string {
  return `${BASE}${runPath(runId)}/files/${encodePath(path)}`;
}

/** The first `bytes` of what is at an address as text. */
export async function readText(url: string, bytes: number): Promise<string> {
  const answer = await request(url, { headers: { Range: `bytes=0-${bytes - 1}` } });
  return answer.text();
}

export function runPath(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Empty values are left out. */
export function queryString(pairs: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(pairs)) if (value) query.set(key, value);
  return query.toString();
}

export function paged<T>(answer: unknown, decode: (item: Json) => T): Paged<T> {
  const page = asObject(answer, "page");
  return {
    items: asArray(page.items, "items").map((item) => decode(asObject(item, "item"))),
    nextCursor: textOrNull(page.next_cursor),
    position: textOrNull(page.position) ?? "",
  };
}

const PAGES_MAX = 20;

/** All items of a paged list, up to a bound that keeps a runaway list from filling the tab. */
export async function everyPage<T>(
  path: string,
  asking: Asking,
  decode: (item: Json) => T,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let i = 0; i < PAGES_MAX; i++) {
    const query = queryString({ limit: "1000", cursor: cursor ?? "" });
    const page: Paged<T> = paged(await getJson(`${path}?${query}`, asking), decode);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return items;
}

export async function getJson(path: string, asking: Asking, init?: RequestInit): Promise<unknown> {
  const { fresh, signal } = asking;
  const join = path.includes("?") ? "&" : "?";
  return (
    await request(BASE + path + (fresh ? `${join}fresh=true` : ""), { ...init, signal })
  ).json();
}

/** Whether a server answers at all, whoever asks. */
export function isReachable(): Promise<boolean> {
  return fetch("/health").then(
    (response) => response.ok,
    () => false,
  );
}

/** What a request of another site cannot have: changes are taken from nobody without it. */
const OURS = { "Runtide-Client": "dashboard" };

let onUnauthenticated = (): void => {};

/** Have `tell` called whenever the server asks who this is. */
export function whenUnauthenticated(tell: () => void): void {
  onUnauthenticated = tell;
}

export async function request(url: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers: { ...OURS, ...init?.headers } });
  } catch (error) {
    throw new ApiError(0, "offline", error instanceof Error ? error.message : String(error));
  }
  if (response.ok) return response;
  const problem = asObject(await response.json().catch(() => ({})), "problem");
  const message = textOrNull(problem.detail) ?? textOrNull(problem.title) ?? response.statusText;
  if (response.status === 401) onUnauthenticated();
  throw new ApiError(response.status, textOrNull(problem.code) ?? "unknown", message);
}
