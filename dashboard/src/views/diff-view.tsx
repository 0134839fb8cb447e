/** A difference of two texts: unified, or side by side; long equal parts are folded. */
import { useMemo, useState } from "preact/hooks";
import { type DiffLine, foldedDiff, pairedLines } from "../model/text-diff.ts";
import type { Syntax } from "../state/syntax.ts";
import { S } from "../strings.ts";
import { SyntaxText } from "./syntax-text.tsx";

/** Lines drawn at once; more would make the page slow, and are asked for. */
const DRAWN_MAX = 2000;

interface DiffViewProps {
  readonly lines: readonly DiffLine[];
  /** The texts of which these are the lines. */
  readonly sides: Readonly<Record<SideName, Syntax>>;
  readonly isUnified: boolean;
}

type SideName = "left" | "right";

export function DiffView({ lines, sides, isUnified }: DiffViewProps) {
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
                part.lines.map((line, i) => <UnifiedLine key={i} line={line} sides={sides} />)
              ) : (
                <Paired lines={part.lines} sides={sides} />
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

type Sides = DiffViewProps["sides"];

function UnifiedLine({ line, sides }: { line: DiffLine; sides: Sides }) {
  const side = line.kind === "removed" ? "left" : "right";
  return (
    <tr class={line.kind}>
      <td class="at">{line.left}</td>
      <td class="at">{line.right}</td>
      <td class="sign">{SIGNS[line.kind]}</td>
      <td class="line">
        <LineText line={line} side={side} sides={sides} />
      </td>
    </tr>
  );
}

function Paired({ lines, sides }: { lines: readonly DiffLine[]; sides: Sides }) {
  const rows = useMemo(() => pairedLines(lines), [lines]);
  return (
    <>
      {rows.map(({ left, right }, i) => (
        <tr key={i}>
          <Side line={left} side="left" sides={sides} />
          <Side line={right} side="right" sides={sides} />
        </tr>
      ))}
    </>
  );
}

interface SideProps<Line> {
  readonly line: Line;
  readonly side: SideName;
  readonly sides: Sides;
}

function Side({ line, side, sides }: SideProps<DiffLine | null>) {
  const kind = line?.kind ?? "empty";
  return (
    <>
      <td class={`at ${kind}`}>{line?.[side]}</td>
      <td class={`line ${kind}`}>
        {line && line.kind !== "same" && <span class="sign">{SIGNS[line.kind]}</span>}
        {line && <LineText line={line} side={side} sides={sides} />}
      </td>
    </>
  );
}

function LineText({ line, side, sides }: SideProps<DiffLine>) {
  const at = line[side];
  if (at === null) return null;
  const from = sides[side].starts[at - 1];
  return <SyntaxText syntax={sides[side]} from={from} to={from + line.text.length} />;
}
