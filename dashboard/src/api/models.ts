/** Models over HTTP. */
import type { Paged } from "../model/catalog.ts";
import {
  DEFAULT_WORKSPACE,
  type ModelEdit,
  type ModelFile,
  type ModelVersion,
} from "../model/models.ts";
import { AS_IT_IS, BASE, getJson, paged, queryString, request } from "./client.ts";
import {
  asArray,
  asNumber,
  asObject,
  asText,
  instantOrNull,
  type Json,
  numberOrNull,
  textOrNull,
} from "./decode.ts";

/** Which model is meant. */
export interface ModelName {
  readonly name: string;
  readonly workspace: string;
}

export type ModelsPage = Paged<ModelVersion>;

const LIMIT = "1000";

/** The latest version of each model whose name has `search` in it. */
export async function listModels(search: string, asking = AS_IT_IS): Promise<ModelsPage> {
  return listed(`/models?${queryString({ search, limit: LIMIT })}`, asking);
}

/** All versions that come from a run. */
export async function listModelsOfRun(run: string, asking = AS_IT_IS): Promise<ModelsPage> {
  return listed(`/models?${queryString({ run, every: "true", limit: LIMIT })}`, asking);
}

/** The versions of one model, the newest first. */
export async function listVersions(model: ModelName, asking = AS_IT_IS): Promise<ModelsPage> {
  const query = queryString({ workspace: model.workspace, limit: LIMIT });
  return listed(`/models/${encodeURIComponent(model.name)}?${query}`, asking);
}

export async function listModelFiles(
  model: ModelName,
  version: number,
): Promise<readonly ModelFile[]> {
  const answer = await getJson(
    inWorkspace(model, `${versionPath(model, version)}/files`),
    AS_IT_IS,
  );
  return asArray(asObject(answer, "files").items, "files.items").map((value) => {
    const item = asObject(value, "file");
    return {
      path: asText(item.path, "file.path"),
      sizeBytes: asNumber(item.size_bytes, "file.size_bytes"),
      sha256: asText(item.sha256, "file.sha256"),
    };
  });
}

export async function patchModel(
  model: ModelName,
  version: number,
  edit: ModelEdit,
): Promise<void> {
  await request(BASE + inWorkspace(model, versionPath(model, version)), {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(edit),
  });
}

export async function deleteModel(model: ModelName, version: number): Promise<void> {
  const path = inWorkspace(model, versionPath(model, version));
  await request(BASE + path, { method: "DELETE" });
}

/** Where the bytes of a version's file are. */
export function modelFileUrl(model: ModelName, version: number, path: string): string {
  const file = path.split("/").map(encodeURIComponent).join("/");
  return BASE + inWorkspace(model, `${versionPath(model, version)}/files/${file}`);
}

async function listed(path: string, asking = AS_IT_IS): Promise<ModelsPage> {
  return paged(await getJson(path, asking), decodeVersion);
}

function versionPath({ name }: ModelName, version: number): string {
  return `/models/${encodeURIComponent(name)}/versions/${version}`;
}

function inWorkspace({ workspace }: ModelName, path: string): string {
  return workspace === DEFAULT_WORKSPACE ? path : `${path}?${queryString({ workspace })}`;
}

function decodeVersion(item: Json): ModelVersion {
  const framework = [textOrNull(item.framework), textOrNull(item.framework_version)];
  return {
    id: asText(item.id, "model.id"),
    name: asText(item.name, "model.name"),
    version: asNumber(item.version, "model.version"),
    workspace: asText(item.workspace, "model.workspace"),
    runId: textOrNull(item.run_id),
    path: textOrNull(item.path),
    description: textOrNull(item.description),
    framework: framework.filter(Boolean).join(" ") || null,
    user: textOrNull(item.user),
    stage: textOrNull(item.stage),
    tags: textsOf(item.tags, "model.tags"),
    properties: textsOf(item.properties, "model.properties") as Record<string, string>,
    fileCount: asNumber(item.file_count, "model.file_count"),
    sizeBytes: asNumber(item.size_bytes, "model.size_bytes"),
    createdUs: instantOrNull(item.created_us),
    versionCount: asNumber(item.version_count, "model.version_count"),
    stages: Object.fromEntries(
      Object.entries(asObject(item.stages, "model.stages")).map(([stage, version]) => [
        stage,
        numberOrNull(version) ?? 0,
      ]),
    ),
  };
}

function textsOf(value: unknown, where: string): Record<string, string | null> {
  const pairs = Object.entries(asObject(value, where));
  return Object.fromEntries(pairs.map(([key, text]) => [key, textOrNull(text)]));
}
