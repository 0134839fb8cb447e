/** Files by their folders, to choose one; a search narrows them down. */
import { useMemo, useState } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { pathTree, type TreeFolder } from "../base/names.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";

/** More files than this are found by searching, not by looking. */
const SHOWN_MAX = 2000;
const SEARCHED_MIN = 8;

export interface TreeFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** `label` is what the search is called. */
export function FileTree({ files, label }: { files: readonly TreeFile[]; label: string }) {
  const [search, setSearch] = useState("");
  const found = useMemo(() => {
    const text = search.toLowerCase();
    return files.filter((file) => file.path.toLowerCase().includes(text));
  }, [files, search]);
  const tree = useMemo(() => pathTree(found.slice(0, SHOWN_MAX), (file) => file.path), [found]);
  return (
    <div class="file-list">
      {files.length >= SEARCHED_MIN && (
        <input
          type="search"
          aria-label={label}
          placeholder={label}
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
  );
}

function Folder({ folder }: { folder: TreeFolder<TreeFile> }) {
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

function sizeOf(files: readonly TreeFile[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

function folderSize(folder: TreeFolder<TreeFile>): number {
  const files = folder.files.reduce((sum, { item }) => sum + item.sizeBytes, 0);
  return folder.folders.reduce((sum, child) => sum + folderSize(child), files);
}
