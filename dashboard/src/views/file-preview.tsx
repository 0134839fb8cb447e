/** A look into a file. Pictures are images and the rest is text: nothing that a file says is run. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { parseCsv, separatorOf } from "../base/csv.ts";
import { formatBytes } from "../base/format.ts";
import type { FileItem } from "../model/catalog.ts";
import { isBinary, previewKind } from "../model/preview.ts";
import { createPreview, PREVIEW_BYTES_MAX } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Problem, Skeleton } from "./bits.tsx";
import { JsonTree } from "./json-tree.tsx";

interface FilePreviewProps {
  /** Where the file's bytes are. */
  readonly url: string;
  readonly file: FileItem;
}

export function FilePreview({ url, file }: FilePreviewProps) {
  const kind = previewKind(file);
  const [raw, setRaw] = useState(false);
  if (kind === "none") return <p class="quiet">{S.noPreview}</p>;
  if (kind === "picture") return <img src={url} alt={file.path} />;
  if (kind === "text") return <TextFile url={url} file={file} shape="text" />;
  return (
    <>
      <div class="segments preview-kind">
        <button type="button" aria-pressed={!raw} onClick={() => setRaw(false)}>
          {S.runPage.previewKinds[kind]}
        </button>
        <button type="button" aria-pressed={raw} onClick={() => setRaw(true)}>
          {S.runPage.previewKinds.text}
        </button>
      </div>
      {kind === "drawing" && !raw ? (
        // As an image a drawing can neither run its scripts nor load anything.
        <img src={url} alt={file.path} />
      ) : (
        <TextFile url={url} file={file} shape={raw || kind === "drawing" ? "text" : kind} />
      )}
    </>
  );
}

type Shape = "text" | "json" | "table";

function TextFile({ url, file, shape }: FilePreviewProps & { shape: Shape }) {
  const preview = useMemo(() => createPreview(url), [url]);
  useEffect(() => preview.dispose, [preview]);
  const { value, error } = preview.state.value;
  if (error) return <Problem error={error} retry={preview.refresh} />;
  if (value === null) return <Skeleton rows={8} />;
  if (isBinary(value)) return <p class="quiet">{S.noPreview}</p>;
  const isCut = file.sizeBytes > PREVIEW_BYTES_MAX;
  const json = shape === "json" && !isCut ? parsed(value) : undefined;
  return (
    <>
      {isCut && <p class="caption">{S.previewCut(formatBytes(PREVIEW_BYTES_MAX))}</p>}
      {shape === "table" ? (
        <CsvPreview path={file.path} text={value} isWhole={!isCut} />
      ) : json === undefined ? (
        <NumberedText text={value} />
      ) : (
        <JsonTree value={json} label={file.path} openDepth={2} />
      )}
    </>
  );
}

function NumberedText({ text }: { text: string }) {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <section class="numbered" tabIndex={0} aria-label={S.runPage.lines(lines.length)}>
      <pre class="line-numbers" aria-hidden="true">
        {lines.map((_, i) => i + 1).join("\n")}
      </pre>
      <pre>{lines.join("\n")}</pre>
    </section>
  );
}

const CSV_ROWS_MAX = 500;

function CsvPreview(props: { path: string; text: string; isWhole: boolean }) {
  const { path, text, isWhole } = props;
  const { header, rows, isCut } = useMemo(
    () => parseCsv(text, separatorOf(path, text), CSV_ROWS_MAX, isWhole),
    [path, text, isWhole],
  );
  return (
    <>
      <p class="caption">{isCut ? S.runPage.firstRows(rows.length) : S.rows(rows.length)}</p>
      <section class="table-scroll csv" tabIndex={0} aria-label={path}>
        <table class="plain grid">
          <thead>
            <tr>
              {header.map((name, i) => (
                <th key={i}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j} class="cut" title={cell}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
