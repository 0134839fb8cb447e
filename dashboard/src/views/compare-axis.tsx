/** The head of an axis: its name, and a menu that scales, brushes, moves and removes it. */
import { formatNumber } from "../base/format.ts";
import type { ParallelAxis } from "../model/parallel.ts";
import { setCompare } from "../state/compare.ts";
import { view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Menu } from "./menu.tsx";

interface AxisHeadProps {
  readonly axis: ParallelAxis;
  readonly at: number;
  readonly ids: readonly string[];
  readonly toggleLog: () => void;
}

export function AxisHead({ axis, at, ids, toggleLog }: AxisHeadProps) {
  const { kind } = axis.scale;
  const move = (to: number) => {
    const others = ids.filter((id) => id !== axis.id);
    setCompare({ axes: others.toSpliced(to, 0, axis.id) });
  };
  return (
    <Menu
      class={at < ids.length / 2 ? "axis-head from-left" : "axis-head"}
      title={axis.title}
      summary={<span>{axis.title}</span>}
    >
      {() => (
        <>
          {kind !== "category" && (
            <label>
              <input type="checkbox" checked={kind === "log"} onChange={toggleLog} />
              {S.compare.logScale}
            </label>
          )}
          {kind !== "category" && <BrushFields axis={axis} />}
          <div class="axis-moves">
            <button type="button" disabled={at === 0} onClick={() => move(at - 1)}>
              {S.compare.moveLeft}
            </button>
            <button type="button" disabled={at === ids.length - 1} onClick={() => move(at + 1)}>
              {S.compare.moveRight}
            </button>
            <button
              type="button"
              onClick={() => setCompare({ axes: ids.filter((id) => id !== axis.id) })}
            >
              {S.compare.removeAxis}
            </button>
          </div>
        </>
      )}
    </Menu>
  );
}

/** The brush as numbers: for the keyboard, for a finger, and for exact bounds. */
function BrushFields({ axis }: { axis: ParallelAxis }) {
  const { brushes } = view.value.compare;
  const brush = brushes.find((one) => one.axis === axis.id);
  const ends = [axis.scale.valueAt(0), axis.scale.valueAt(1)];
  const set = (index: number, text: string) => {
    const bounds = [brush?.from ?? ends[0], brush?.to ?? ends[1]];
    bounds[index] = text === "" ? ends[index] : Number(text);
    const others = brushes.filter((one) => one !== brush);
    const isAll = bounds[0] <= ends[0] && bounds[1] >= ends[1];
    if (!bounds.every(Number.isFinite)) return;
    const [from, to] = [Math.min(...bounds), Math.max(...bounds)];
    setCompare({ brushes: isAll ? others : [...others, { axis: axis.id, from, to }] });
  };
  return (
    <div class="brush-fields">
      {[S.compare.brushFrom, S.compare.brushTo].map((label, index) => (
        <label key={label}>
          <span>{label}</span>
          <input
            type="number"
            step="any"
            placeholder={formatNumber(ends[index])}
            value={brush ? [brush.from, brush.to][index] : ""}
            onChange={(event) => set(index, event.currentTarget.value)}
          />
        </label>
      ))}
    </div>
  );
}
