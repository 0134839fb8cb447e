/** The files of a run as a tree, with a look into those that are text or pictures. */
import { useEffect, useMemo } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { pathTree, type TreeFolder } from "../base/names.ts";
import type { FileItem } from "../model/catalog.ts";
import { setView, view } from "../state/router.ts";
import { createPreview, fileUrl, PREVIEW_BYTES_MAX, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Ago, Empty, Problem, Skeleton } from "./bits.tsx";

export function RunFiles({ data }: { data: RunPage }) {
  const { value, error } = data.files.state.value;
  const tree = useMemo(() => pathTree(value ?? [], (file) => file.path), [value]);
  if (error) return <Problem error={error} retry={data.files.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noFiles} />;
  const open = value.find((file) => file.path === view.value.open);
  return (
    <div class="side-by-side">
      <div class="picker tree">
        <Folder folder={tree} />
      </div>
      {open ? (
        <Preview key={open.path} runId={data.runId} file={open} />
      ) : (
        <Empty title={S.chooseFile} />
      )}
    </div>
  );
}

function Folder({ folder }: { folder: TreeFolder<FileItem> }) {
  return (
    <ul>
      {folder.folders.map((child) => (
        <li key={child.path}>
          <details open>
            <summary>{child.name}/</summary>
            <Folder folder={child} />
          </details>
        </li>
      ))}
      {folder.files.map(({ name, item }) => (
        <li key={item.path}>
          <button
            type="button"
            aria-pressed={view.value.open === item.path}
            onClick={() => setView({ open: item.path })}
          >
            <span>{name}</span>
            <span class="quiet">{formatBytes(item.sizeBytes)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ runId, file }: { runId: string; file: FileItem }) {
  const url = fileUrl(runId, file.path);
  return (
    <section class="preview" aria-label={file.path}>
      <header>
        <h2>{file.path}</h2>
        <span class="quiet">
          {formatBytes(file.sizeBytes)} · {file.mediaType} · <Ago at={file.tsUs} />
        </span>
        <a class="button" href={url} download={file.path.split("/").pop()}>
          {S.download}
        </a>
      </header>
      {isPicture(file) ? (
        <img src={url} alt={file.path} />
      ) : isText(file) ? (
        <TextPreview runId={runId} file={file} />
      ) : (
        <p class="quiet">{S.noPreview}</p>
      )}
    </section>
  );
}

function TextPreview({ runId, file }: { runId: string; file: FileItem }) {
  const preview = useMemo(() => createPreview(runId, file.path), [runId, file.path]);
  useEffect(() => preview.dispose, [preview]);
  const { value, error } = preview.state.value;
  if (error) return <Problem error={error} retry={preview.refresh} />;
  if (value === null) return <Skeleton rows={8} />;
  const isCut = file.sizeBytes > PREVIEW_BYTES_MAX;
  return (
    <>
      {isCut && <p class="caption">{S.previewCut(formatBytes(PREVIEW_BYTES_MAX))}</p>}
      <pre class="text">{isJson(file) && !isCut ? indented(value) : value}</pre>
    </>
  );
}

const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const TEXT = /^text\/|json|xml|yaml|toml|javascript|csv/;
const TEXT_NAME = /\.(txt|log|md|csv|tsv|json|jsonl|ya?ml|toml|ini|cfg|py|sh|sql|html?|xml|svg)$/i;

function isPicture(file: FileItem): boolean {
  return PICTURE.test(file.mediaType);
}

function isText(file: FileItem): boolean {
  return TEXT.test(file.mediaType) || TEXT_NAME.test(file.path) || file.sizeBytes === 0;
}

function isJson(file: FileItem): boolean {
  return file.path.endsWith(".json") || file.mediaType === "application/json";
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
