/** The files of a run as a tree, with a look into those that are text, tables or pictures. */
import { formatBytes } from "../base/format.ts";
import type { FileItem } from "../model/catalog.ts";
import { view } from "../state/router.ts";
import { fileUrl, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Ago, CopyButton, Empty, Problem, Skeleton } from "./bits.tsx";
import { FilePreview } from "./file-preview.tsx";
import { FileTree } from "./file-tree.tsx";

export function RunFiles({ data }: { data: RunPage }) {
  const { value, error } = data.files.state.value;
  if (error) return <Problem error={error} retry={data.files.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noFiles} />;
  const open = value.find((file) => file.path === view.value.open);
  return (
    <div class="side-by-side">
      <FileTree files={value} label={S.runPage.searchFiles} />
      {open ? (
        <Preview key={open.path} runId={data.runId} file={open} />
      ) : (
        <Empty title={S.chooseFile} />
      )}
    </div>
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
      <FilePreview url={fileUrl(runId, file.path)} file={file} />
    </section>
  );
}
