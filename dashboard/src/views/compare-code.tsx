/** What differs in the code of two runs: which files, and what in them. */
import { useEffect, useMemo } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { isBinary } from "../model/preview.ts";
import type { Run } from "../model/run.ts";
import { codeDifference, type FileChange, SNAPSHOT_PROPERTY } from "../model/snapshot.ts";
import { CODE_BYTES_MAX, createCodeTexts, createSnapshots } from "../state/code.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";
import { chosenPair, Difference, DiffLayout, RunPicker } from "./compare-text.tsx";

export function CompareCode({ who }: { who: readonly Run[] }) {
  const pair = chosenPair(who);
  if (!pair) return <Empty {...S.compare.twoRuns} />;
  const [left, right] = pair;
  const without = pair.find((run) => !(SNAPSHOT_PROPERTY in run.properties));
  const isEqual = left.properties[SNAPSHOT_PROPERTY] === right.properties[SNAPSHOT_PROPERTY];
  return (
    <div class="compare-text">
      <div class="controls">
        <RunPicker who={who} run={left} other={right} side="left" />
        <RunPicker who={who} run={right} other={left} side="right" />
        <DiffLayout />
      </div>
      {without ? (
        <Empty
          title={S.code.without(without.name)}
          text={S.code.none.text}
          code={S.code.none.code}
        />
      ) : isEqual ? (
        <Empty title={S.code.equal} />
      ) : (
        <Changes key={`${left.runId} ${right.runId}`} left={left.runId} right={right.runId} />
      )}
    </div>
  );
}

interface Sides {
  readonly left: string;
  readonly right: string;
}

function Changes({ left, right }: Sides) {
  const snapshots = useMemo(() => createSnapshots(left, right), [left, right]);
  useEffect(() => snapshots.dispose, [snapshots]);
  const both = snapshots.value.value;
  const difference = useMemo(() => both && codeDifference(both[0].files, both[1].files), [both]);
  if (snapshots.error.value) {
    return <Problem error={snapshots.error.value} retry={snapshots.refresh} />;
  }
  if (!difference) return <Skeleton rows={12} />;
  const { changes, equalCount } = difference;
  const count = (kind: FileChange["kind"]) => changes.filter((one) => one.kind === kind).length;
  // What was chosen on another tab is no file here: the first one opens.
  const open = changes.find(({ path }) => path === view.value.open) ?? changes[0];
  if (!open) return <Empty title={S.code.equal} />;
  return (
    <>
      <p class="caption">
        {S.code.summary(count("changed"), count("added"), count("removed"), equalCount)}
      </p>
      <div class="side-by-side">
        <ul class="picker changes" aria-label={S.code.changes}>
          {changes.map((change) => (
            <li key={change.path}>
              <button
                type="button"
                class={`change-${change.kind}`}
                aria-pressed={change === open}
                title={change.path}
                onClick={() => setView({ open: change.path })}
              >
                <FileName path={change.path} />
                <span
                  class="change-kind"
                  role="img"
                  aria-label={S.code.kinds[change.kind]}
                  title={S.code.kinds[change.kind]}
                >
                  {S.code.signs[change.kind]}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <section class="preview" aria-label={open.path}>
          <header>
            <h2>{open.path}</h2>
            <span class="quiet">{S.code.kinds[open.kind]}</span>
          </header>
          <ChangedFile key={open.path} left={left} right={right} change={open} />
        </section>
      </div>
    </>
  );
}

/** The name before its folder: in a narrow list the end is cut off. */
function FileName({ path }: { path: string }) {
  const at = path.lastIndexOf("/") + 1;
  return (
    <span>
      {path.slice(at)} <span class="quiet">{path.slice(0, Math.max(0, at - 1))}</span>
    </span>
  );
}

function ChangedFile({ left, right, change }: Sides & { change: FileChange }) {
  const texts = useMemo(() => createCodeTexts(left, right, change), [left, right, change]);
  useEffect(() => texts.dispose, [texts]);
  const both = texts.value.value;
  if (texts.error.value) return <Problem error={texts.error.value} retry={texts.refresh} />;
  if (!both) return <Skeleton rows={12} />;
  const size = (file: FileChange["left"]) => (file ? formatBytes(file.sizeBytes) : S.code.nowhere);
  if (both.some(isBinary)) {
    return <p class="quiet">{S.code.binary(size(change.left), size(change.right))}</p>;
  }
  const longest = Math.max(change.left?.sizeBytes ?? 0, change.right?.sizeBytes ?? 0);
  return (
    <>
      {longest > CODE_BYTES_MAX && (
        <p class="caption">{S.compare.firstBytes(formatBytes(CODE_BYTES_MAX))}</p>
      )}
      <Difference path={change.path} left={both[0]} right={both[1]} />
    </>
  );
}
