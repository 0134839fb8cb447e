/** Versions of models, and how they look before an edit is answered. */
import type { EpochUs } from "../base/time.ts";

export interface ModelVersion {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly workspace: string;
  /** The run that it comes from. */
  readonly runId: string | null;
  /** What was registered of that run, a file or a folder. */
  readonly path: string | null;
  readonly description: string | null;
  readonly framework: string | null;
  readonly user: string | null;
  readonly stage: string | null;
  readonly tags: Readonly<Record<string, string | null>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly fileCount: number;
  readonly sizeBytes: number;
  readonly createdUs: EpochUs | null;
  /** How many versions its model has. */
  readonly versionCount: number;
  /** The newest version of its model in each stage. */
  readonly stages: Readonly<Record<string, number>>;
}

export interface ModelFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What is left out stays. An empty text takes away; a tag of null is removed. */
export interface ModelEdit {
  readonly description?: string;
  readonly stage?: string;
  readonly tags?: Readonly<Record<string, string | null>>;
}

export const DEFAULT_WORKSPACE = "default";

export const STAGE_CHARS_MAX = 64;

/** The version as `edit` will make it. */
export function withModelEdit(version: ModelVersion, edit: ModelEdit): ModelVersion {
  const tags = { ...version.tags, ...edit.tags };
  for (const [key, value] of Object.entries(edit.tags ?? {})) {
    if (value === null) delete tags[key];
  }
  return {
    ...version,
    tags,
    ...(edit.description === undefined ? {} : { description: edit.description || null }),
    ...(edit.stage === undefined ? {} : { stage: edit.stage || null }),
  };
}

/** Stages of a model by name, each with the newest version in it. */
export function stagesOf(version: ModelVersion): readonly (readonly [string, number])[] {
  return Object.entries(version.stages).sort(([a], [b]) => (a < b ? -1 : 1));
}
