/** The code that a run ran with: its files as a tree, and what is in them. */
import { useEffect, useMemo } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { mediaTypeOf } from "../model/preview.ts";
import type { Run } from "../model/run.ts";
import { type LeftOut, SNAPSHOT_PROPERTY, type SnapshotFile } from "../model/snapshot.ts";
import { createSnapshot, snapshotFileUrl, snapshotZipUrl } from "../state/code.ts";
import { view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Ago, CopyButton, Empty, Problem, Skeleton } from "./bits.tsx";
import { FilePreview } from "./file-preview.tsx";
import { FileTree } from "./file-tree.tsx";

export function RunCode({ run }: { run: Run }) {
  return SNAPSHOT_PROPERTY in run.properties ? (
    <Code key={run.runId} runId={run.runId} />
  ) : (
    <Empty {...S.code.none} />
  );
}

function Code({ runId }: { runId: string }) {
  const snapshot = useMemo(() => createSnapshot(runId), [runId]);
  useEffect(() => snapshot.dispose, [snapshot]);
  const { value, error } = snapshot.state.value;
  if (error) return <Problem error={error} retry={snapshot.refresh} />;
  if (!value) return <Skeleton rows={10} />;
  const open = value.files.find((file) => file.path === view.value.open);
  return (
    <div class="run-code">
      <header class="code-head">
        <span class="quiet">
          {S.code.taken} <Ago at={value.takenUs} />
        </span>
        {value.leftOut.length > 0 && <LeftOutFiles entries={value.leftOut} />}
        <a class="button" href={snapshotZipUrl(runId)} download={`${value.snapshotId}.zip`}>
          {S.code.zip}
        </a>
      </header>
      <div class="side-by-side">
        <FileTree files={value.files} label={S.code.search} />
        {open ? (
          <CodeFile key={open.path} runId={runId} file={open} />
        ) : (
          <Empty title={S.code.chooseFile} />
        )}
      </div>
    </div>
  );
}

function LeftOutFiles({ entries }: { entries: readonly LeftOut[] }) {
  return (
    <details class="left-out">
      <summary>{S.code.leftOut(entries.length)}</summary>
      <ul>
        {entries.map(({ path, sizeBytes, reason }) => (
          <li key={path}>
            <code>{path}</code>{" "}
            <span class="quiet">
              {formatBytes(sizeBytes)} · {reason}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function CodeFile({ runId, file }: { runId: string; file: SnapshotFile }) {
  const { path, sizeBytes } = file;
  const url = snapshotFileUrl(runId, path);
  return (
    <section class="preview" aria-label={path}>
      <header>
        <h2>{path}</h2>
        <CopyButton text={path} label={S.runPage.copyPath} title={S.runPage.copyPath} />
        <span class="quiet">{formatBytes(sizeBytes)}</span>
        <a class="button" href={url} download={path.split("/").pop()}>
          {S.download}
        </a>
      </header>
      <FilePreview url={url} file={{ path, sizeBytes, mediaType: mediaTypeOf(path), tsUs: null }} />
    </section>
  );
}
