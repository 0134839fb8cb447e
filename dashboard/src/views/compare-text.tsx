/** What differs in a text of two runs: their config, or a file that both have. */
import { useEffect, useMemo } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { compareNames } from "../base/names.ts";
import type { FileItem } from "../model/catalog.ts";
import type { Run } from "../model/run.ts";
import { configText, diffLines } from "../model/text-diff.ts";
import { type Comparison, setCompare } from "../state/compare.ts";
import { createFileLists, createTexts, TEXT_BYTES_MAX } from "../state/compare-record.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";
import { DiffView } from "./diff-view.tsx";
import { useSyntax } from "./syntax-text.tsx";

export function CompareText({ data, who }: { data: Comparison; who: readonly Run[] }) {
  const pair = chosenPair(who);
  if (!pair) return <Empty {...S.compare.twoRuns} />;
  const [first, second] = pair;
  return (
    <Pair
      key={`${first.runId} ${second.runId}`}
      who={who}
      left={data.runs.value.find((run) => run.runId === first.runId) ?? first}
      right={data.runs.value.find((run) => run.runId === second.runId) ?? second}
    />
  );
}

/** The two runs of which the address names one or both; null where there are no two. */
export function chosenPair(who: readonly Run[]): readonly [Run, Run] | null {
  const { left, right } = view.value.compare;
  const first = who.find((run) => run.runId === left) ?? who[0];
  const second =
    who.find((run) => run.runId === right && run !== first) ?? who.find((run) => run !== first);
  return second ? [first, second] : null;
}

/** A config is compared as YAML. */
const CONFIG_NAME = "config.yaml";

interface PairProps {
  readonly who: readonly Run[];
  readonly left: Run;
  readonly right: Run;
}

function Pair({ who, left, right }: PairProps) {
  const ids = useMemo(() => [left.runId, right.runId], [left.runId, right.runId]);
  const files = useMemo(() => createFileLists(ids), [ids]);
  useEffect(() => files.dispose, [files]);
  const paths = commonTexts(files.values.value);
  const open = paths.find(({ path }) => path === view.value.open);
  return (
    <div class="compare-text">
      <div class="controls">
        <RunPicker who={who} run={left} other={right} side="left" />
        <RunPicker who={who} run={right} other={left} side="right" />
        <label>
          <span>{S.compare.text}</span>
          <select
            value={open?.path ?? ""}
            onChange={(event) => setView({ open: event.currentTarget.value })}
          >
            <option value="">{S.config}</option>
            {paths.map(({ path }) => (
              <option key={path} value={path}>
                {path}
              </option>
            ))}
          </select>
        </label>
        <DiffLayout />
      </div>
      {files.error.value && <Problem error={files.error.value} retry={files.refresh} />}
      {open ? (
        <FileDiff key={open.path} ids={ids} path={open.path} isCut={open.isCut} />
      ) : (
        <Difference
          path={CONFIG_NAME}
          left={configText(left.config)}
          right={configText(right.config)}
        />
      )}
    </div>
  );
}

/** Whether a difference is shown side by side or unified. */
export function DiffLayout() {
  const { isUnified } = view.value.compare;
  return (
    <fieldset class="segments" aria-label={S.compare.diffLayout}>
      {[false, true].map((one) => (
        <button
          type="button"
          key={String(one)}
          aria-pressed={isUnified === one}
          onClick={() => setCompare({ isUnified: one })}
        >
          {one ? S.compare.unified : S.compare.sideBySide}
        </button>
      ))}
    </fieldset>
  );
}

interface RunPickerProps {
  readonly who: readonly Run[];
  readonly run: Run;
  readonly other: Run;
  readonly side: "left" | "right";
}

/** Choosing the run of the other side changes sides. */
export function RunPicker({ who, run, other, side }: RunPickerProps) {
  return (
    <label>
      <span>{S.compare.sides[side]}</span>
      <select
        value={run.runId}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const away = value === other.runId ? run.runId : other.runId;
          setCompare(side === "left" ? { left: value, right: away } : { left: away, right: value });
        }}
      >
        {who.map((one) => (
          <option key={one.runId} value={one.runId}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface FileDiffProps {
  readonly ids: readonly string[];
  readonly path: string;
  readonly isCut: boolean;
}

function FileDiff({ ids, path, isCut }: FileDiffProps) {
  const texts = useMemo(() => createTexts(ids, path), [ids, path]);
  useEffect(() => texts.dispose, [texts]);
  const [left, right] = texts.values.value;
  if (texts.error.value) return <Problem error={texts.error.value} retry={texts.refresh} />;
  if (left === null || right === null) return <Skeleton rows={12} />;
  return (
    <>
      {isCut && <p class="caption">{S.compare.firstBytes(formatBytes(TEXT_BYTES_MAX))}</p>}
      <Difference path={path} left={left} right={right} />
    </>
  );
}

interface DifferenceProps {
  /** The name of the file, which says in which language it is. */
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

export function Difference({ path, left, right }: DifferenceProps) {
  const lines = useMemo(() => diffLines(left, right), [left, right]);
  const sides = { left: useSyntax(path, left), right: useSyntax(path, right) };
  if (lines === null) return <Empty {...S.compare.tooDifferent} />;
  if (left === right) return <Empty title={S.compare.noDifference} />;
  return <DiffView lines={lines} sides={sides} isUnified={view.value.compare.isUnified} />;
}

const TEXT_TYPES = /^text\/|json|xml|yaml|toml|javascript|x-sh|x-python/;
const TEXT_NAMES = /\.(txt|log|md|csv|tsv|json|jsonl|ya?ml|toml|ini|cfg|py|r|jl|sh|sql|xml|html)$/i;

/** Text files that both runs have, and whether either is longer than what is compared. */
function commonTexts(
  lists: readonly (readonly FileItem[] | null)[],
): { readonly path: string; readonly isCut: boolean }[] {
  const [left, right] = lists;
  const other = new Map(right?.map((file) => [file.path, file]));
  return (left ?? [])
    .flatMap((file) => {
      const twin = other.get(file.path);
      const isText = TEXT_TYPES.test(file.mediaType) || TEXT_NAMES.test(file.path);
      if (!twin || !isText) return [];
      const longest = Math.max(file.sizeBytes, twin.sizeBytes);
      return [{ path: file.path, isCut: longest > TEXT_BYTES_MAX }];
    })
    .sort((a, b) => compareNames(a.path, b.path));
}
