/** The files of a run as a tree, with a look into those that are text, tables or pictures. */
import { useMemo, useState } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { pathTree, type TreeFolder } from "../base/names.ts";
import type { FileItem } from "../model/catalog.ts";
import { setView, view } from "../state/router.ts";
import { fileUrl, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Ago, CopyButton, Empty, Problem, Skeleton } from "./bits.tsx";
import { FilePreview } from "./file-preview.tsx";

/** More files than this are found by searching, not by looking. */
const SHOWN_MAX = 2000;
const SEARCHED_MIN = 8;

export function RunFiles({ data }: { data: RunPage }) {
  const { value, error } = data.files.state.value;
  const [search, setSearch] = useState("");
  const found = useMemo(() => {
    const text = search.toLowerCase();
    return (value ?? []).filter((file) => file.path.toLowerCase().includes(text));
  }, [value, search]);
  const tree = useMemo(() => pathTree(found.slice(0, SHOWN_MAX), (file) => file.path), [found]);
  if (error) return <Problem error={error} retry={data.files.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noFiles} />;
  const open = value.find((file) => file.path === view.value.open);
  return (
    <div class="side-by-side">
      <div class="file-list">
        {value.length >= SEARCHED_MIN && (
          <input
            type="search"
            aria-label={S.runPage.searchFiles}
            placeholder={S.runPage.searchFiles}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <p class="caption">{S.runPage.filesOf(found.length, formatBytes(sizeOf(found)))}</p>
        <div class="picker tree">
          <Folder folder={tree} />
        </div>
        {found.length > SHOWN_MAX && (
          <p class="caption">{S.runPage.firstOf(SHOWN_MAX, found.length)}</p>
        )}
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
            <summary>
              <span>{child.name}/</span>
              <span class="quiet number">{formatBytes(folderSize(child))}</span>
            </summary>
            <Folder folder={child} />
          </details>
        </li>
      ))}
      {folder.files.map(({ name, item }) => (
        <li key={item.path}>
          <button
            type="button"
            aria-pressed={view.value.open === item.path}
            title={item.path}
            onClick={() => setView({ open: item.path })}
          >
            <span>{name}</span>
            <span class="quiet number">{formatBytes(item.sizeBytes)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ runId, file }: { runId: string; file: FileItem }) {
  return (
    <section class="preview" aria-label={file.path}>
      <header>
        <h2>{file.path}</h2>
        <CopyButton text={file.path} label={S.runPage.copyPath} title={S.runPage.copyPath} />
        <span class="quiet">
          {formatBytes(file.sizeBytes)} · {file.mediaType} · <Ago at={file.tsUs} />
        </span>
        <a class="button" href={fileUrl(runId, file.path)} download={file.path.split("/").pop()}>
          {S.download}
        </a>
      </header>
      <FilePreview runId={runId} file={file} />
    </section>
  );
}

function sizeOf(files: readonly FileItem[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

function folderSize(folder: TreeFolder<FileItem>): number {
  const files = folder.files.reduce((sum, { item }) => sum + item.sizeBytes, 0);
  return folder.folders.reduce((sum, child) => sum + folderSize(child), files);
}
