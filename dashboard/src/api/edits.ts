/** What changes something: edits of runs, and saved views. */
import type { RunEdit } from "../model/edits.ts";
import type { SavedView } from "../model/saved-views.ts";
import { ApiError, BASE, getJson, paged, request, runPath } from "./client.ts";
import { asText, instantOrNull, type Json } from "./decode.ts";

/** Whether the change is in the log all the same, and only not to be seen everywhere yet. */
export function isRecorded(problem: unknown): boolean {
  return problem instanceof ApiError && problem.code === "fold-behind";
}

export async function patchRun(runId: string, edit: RunEdit): Promise<void> {
  await change(BASE + runPath(runId), withBody("PATCH", edit));
}

export async function postCancel(runId: string): Promise<void> {
  await change(`${BASE}${runPath(runId)}/cancel`, { method: "POST" });
}

/** Put a run into the bin, with all runs below it. */
export async function deleteRun(runId: string): Promise<void> {
  await change(`${BASE}${runPath(runId)}?children=true`, { method: "DELETE" });
}

/** Take a run out of the bin, with all runs below it. */
export async function restoreRun(runId: string): Promise<void> {
  await change(`${BASE}${runPath(runId)}/restore?children=true`, { method: "POST" });
}

export async function listSavedViews(experiment: string): Promise<readonly SavedView[]> {
  return paged(await getJson(viewsPath(experiment), { fresh: true }), decodeSavedView).items;
}

export async function putSavedView(experiment: string, view: SavedView): Promise<void> {
  await change(viewUrl(experiment, view.name), withBody("PUT", { query: view.query }));
}

export async function deleteSavedView(experiment: string, name: string): Promise<void> {
  await change(viewUrl(experiment, name), { method: "DELETE" });
}

export function decodeSavedView(item: Json): SavedView {
  return {
    name: asText(item.name, "view.name"),
    query: asText(item.query, "view.query"),
    savedUs: instantOrNull(item.saved_us),
  };
}

function viewsPath(experiment: string): string {
  return `/experiments/${encodeURIComponent(experiment)}/views`;
}

function viewUrl(experiment: string, name: string): string {
  return `${BASE}${viewsPath(experiment)}/${encodeURIComponent(name)}`;
}

/** Who leaves the page has still made the change. */
async function change(url: string, init: RequestInit): Promise<void> {
  await request(url, { ...init, keepalive: true });
}

function withBody(method: string, body: unknown): RequestInit {
  return {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}
