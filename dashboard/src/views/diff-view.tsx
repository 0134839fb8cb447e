/** A difference of two texts: unified, or side by side; long equal parts are folded. */
import { useMemo, useState } from "preact/hooks";
import { type DiffLine, foldedDiff, pairedLines } from "../model/text-diff.ts";
import { S } from "../strings.ts";

/** Lines drawn at once; more would make the page slow, and are asked for. */
const DRAWN_MAX = 2000;

export function DiffView({ lines, isUnified }: { lines: readonly DiffLine[]; isUnified: boolean }) {
  const parts = useMemo(() => foldedDiff(lines), [lines]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [limit, setLimit] = useState(DRAWN_MAX);
  const added = lines.filter((line) => line.kind === "added").length;
  const removed = lines.filter((line) => line.kind === "removed").length;
  let room = limit;
  const shown = parts.map((part, i) => {
    const isFolded = part.kind === "folded" && !opened.has(i);
    const taken = isFolded ? part.lines : part.lines.slice(0, Math.max(0, room));
    if (!isFolded) room -= part.lines.length;
    return { isFolded, lines: taken, key: i };
  });
  return (
    <div class="diff-box">
      <p class="caption">{S.compare.changedLines(removed, added)}</p>
      <section class="diff-scroll" tabIndex={0} aria-label={S.compare.difference}>
        <table class={isUnified ? "diff" : "diff pair"}>
          {!isUnified && (
            <colgroup>
              <col class="at" />
              <col />
              <col class="at" />
              <col />
            </colgroup>
          )}
          {shown.map((part) => (
            <tbody key={part.key}>
              {part.isFolded ? (
                <Folded
                  count={part.lines.length}
                  open={() => setOpened(new Set(opened).add(part.key))}
                />
              ) : isUnified ? (
                part.lines.map((line, i) => <UnifiedLine key={i} line={line} />)
              ) : (
                <Paired lines={part.lines} />
              )}
            </tbody>
          ))}
        </table>
      </section>
      {room < 0 && (
        <button type="button" onClick={() => setLimit(limit + DRAWN_MAX)}>
          {S.compare.moreLines(-room)}
        </button>
      )}
    </div>
  );
}

function Folded({ count, open }: { count: number; open: () => void }) {
  return (
    <tr class="folded">
      <td colSpan={4}>
        <button type="button" onClick={open}>
          {S.compare.equalLines(count)}
        </button>
      </td>
    </tr>
  );
}

const SIGNS = { same: " ", removed: "−", added: "+" } as const;

function UnifiedLine({ line }: { line: DiffLine }) {
  return (
    <tr class={line.kind}>
      <td class="at">{line.left}</td>
      <td class="at">{line.right}</td>
      <td class="sign">{SIGNS[line.kind]}</td>
      <td class="line">{line.text}</td>
    </tr>
  );
}

function Paired({ lines }: { lines: readonly DiffLine[] }) {
  const rows = useMemo(() => pairedLines(lines), [lines]);
  return (
    <>
      {rows.map(({ left, right }, i) => (
        <tr key={i}>
          <Side line={left} at={left?.left ?? null} />
          <Side line={right} at={right?.right ?? null} />
        </tr>
      ))}
    </>
  );
}

function Side({ line, at }: { line: DiffLine | null; at: number | null }) {
  const kind = line?.kind ?? "empty";
  return (
    <>
      <td class={`at ${kind}`}>{at}</td>
      <td class={`line ${kind}`}>
        {line && line.kind !== "same" && <span class="sign">{SIGNS[line.kind]}</span>}
        {line?.text}
      </td>
    </>
  );
}
