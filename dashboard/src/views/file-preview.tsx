/** A look into a file. Pictures are images and the rest is text: nothing that a file says is run. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { parseCsv, separatorOf } from "../base/csv.ts";
import { formatBytes } from "../base/format.ts";
import type { FileItem } from "../model/catalog.ts";
import { isBinary, isDiff, previewKind } from "../model/preview.ts";
import { lineStarts } from "../model/syntax.ts";
import { createPreview, PREVIEW_BYTES_MAX } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Problem, Skeleton } from "./bits.tsx";
import { JsonTree } from "./json-tree.tsx";
import { SyntaxText, useSyntax } from "./syntax-text.tsx";

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
        <NumberedText file={file} text={value.replace(/\n$/, "")} />
      ) : (
        <JsonTree value={json} label={file.path} openDepth={2} />
      )}
    </>
  );
}

/** What a line of a diff does begins it. */
function diffClass(line: string): string | undefined {
  if (line.startsWith("+++") || line.startsWith("---")) return "file-name";
  if (line.startsWith("+")) return "added";
  if (line.startsWith("-")) return "removed";
  return line.startsWith("@@") || line.startsWith("#") ? "quiet" : undefined;
}

function NumberedText({ file, text }: { file: FileItem; text: string }) {
  const starts = useMemo(() => lineStarts(text), [text]);
  return (
    <section class="numbered" tabIndex={0} aria-label={S.runPage.lines(starts.length)}>
      <pre class="line-numbers" aria-hidden="true">
        {starts.map((_, i) => i + 1).join("\n")}
      </pre>
      <pre>{isDiff(file) ? <Patch text={text} /> : <Code path={file.path} text={text} />}</pre>
    </section>
  );
}

function Patch({ text }: { text: string }) {
  return text.split("\n").map((line, i) => (
    <span key={i} class={diffClass(line)}>
      {`${line}\n`}
    </span>
  ));
}

/** Lines that get their colours, and are laid out, at once. */
const BLOCK_LINES = 50;

function Code({ path, text }: { path: string; text: string }) {
  const syntax = useSyntax(path, text);
  const blocks = syntax.starts.filter((_, i) => i % BLOCK_LINES === 0);
  return blocks.map((from, i) => (
    <span key={from} class="syntax-block">
      <SyntaxText syntax={syntax} from={from} to={blocks[i + 1] ?? text.length} />
    </span>
  ));
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
