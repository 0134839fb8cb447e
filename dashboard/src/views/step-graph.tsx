/** Steps under each other in the order in which they can run, with lines to those that they wait for. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { type Layout, layered, type Place } from "../model/layered.ts";
import { statusLook } from "../model/run.ts";
import { type Step, stepEdges } from "../model/steps.ts";
import { S } from "../strings.ts";
import { Duration } from "./bits.tsx";

interface StepGraphProps {
  readonly steps: readonly Step[];
  /** The name of the step that is chosen. */
  readonly open: string;
  readonly choose: (name: string) => void;
}

const BOX = { width: 168, height: 52 };
const GAP = { x: 16, y: 36 };
const MARGIN = 8;

export function StepGraph({ steps, open, choose }: StepGraphProps) {
  // What moves is the state of steps; where they stand is worked out once.
  const key = JSON.stringify(steps.map(({ name, after }) => [name, after]));
  const layout = useMemo(
    () =>
      layered(
        steps.map(({ name }) => name),
        stepEdges(steps),
      ),
    [key],
  );
  const width = layout.columnCount * (BOX.width + GAP.x) - GAP.x + 2 * MARGIN;
  const scroller = useRef<HTMLElement>(null);
  const start = layout.places.get(open);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !start) return;
    // Where not all of it fits, it begins at the step that is looked at.
    box.scrollLeft = left(start) + (BOX.width - box.clientWidth) / 2;
    box.scrollTop = top(start) + (BOX.height - box.clientHeight) / 2;
  }, []);
  const height = layout.layerCount * (BOX.height + GAP.y) - GAP.y + 2 * MARGIN;
  return (
    <section class="step-graph" ref={scroller} tabIndex={0} aria-label={S.steps.graph}>
      <div style={{ width: `${width}px`, height: `${height}px` }}>
        <Edges layout={layout} open={open} width={width} height={height} />
        {steps.map((step) => (
          <StepBox
            key={step.name}
            step={step}
            place={layout.places.get(step.name) ?? { layer: 0, column: 0 }}
            isOpen={step.name === open}
            choose={choose}
          />
        ))}
      </div>
    </section>
  );
}

function left({ column }: Place): number {
  return MARGIN + column * (BOX.width + GAP.x);
}

function top({ layer }: Place): number {
  return MARGIN + layer * (BOX.height + GAP.y);
}

interface StepBoxProps {
  readonly step: Step;
  readonly place: Place;
  readonly isOpen: boolean;
  readonly choose: (name: string) => void;
}

function StepBox({ step: { name, run }, place, isOpen, choose }: StepBoxProps) {
  const look = run ? statusLook(run.status) : null;
  return (
    <button
      type="button"
      class={`step-box ${look ? `status-${look.tone}` : "step-planned"}`}
      aria-pressed={isOpen}
      title={name}
      style={{
        left: `${left(place)}px`,
        top: `${top(place)}px`,
        width: `${BOX.width}px`,
        height: `${BOX.height}px`,
      }}
      onClick={() => choose(name)}
    >
      <span class="step-name">{name}</span>
      <span class="step-state">
        <span class="status-icon" aria-hidden="true">
          {look?.icon ?? "·"}
        </span>
        {run ? (S.status[run.status] ?? run.status) : S.steps.notSubmitted}
        {run && (
          <span class="quiet number">
            <Duration run={run} />
          </span>
        )}
      </span>
    </button>
  );
}

interface EdgesProps {
  readonly layout: Layout;
  readonly open: string;
  readonly width: number;
  readonly height: number;
}

function Edges({ layout, open, width, height }: EdgesProps) {
  // Those of the chosen step lie above the others.
  const edges = [...layout.edges].sort(
    (a, b) => Number(a.edge.includes(open)) - Number(b.edge.includes(open)),
  );
  return (
    <svg class="step-edges" width={width} height={height} aria-hidden="true">
      <defs>
        {(["", "on"] as const).map((kind) => (
          <marker
            key={kind}
            id={`arrow-${kind}`}
            class={kind}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0.5 7.5 4 0 7.5z" />
          </marker>
        ))}
      </defs>
      {edges.map(({ edge, path }) => {
        const kind = edge.includes(open) ? "on" : "";
        return (
          <path
            key={edge.join("\n")}
            class={`step-edge ${kind}`}
            d={edgePath(path)}
            marker-end={`url(#arrow-${kind})`}
          />
        );
      })}
    </svg>
  );
}

/** From below the first box to above the last; straight through the layers between them. */
function edgePath(path: readonly Place[]): string {
  const middle = (place: Place) => left(place) + BOX.width / 2;
  const [first, ...rest] = path;
  let text = `M${middle(first)} ${top(first) + BOX.height}`;
  let from = { x: middle(first), y: top(first) + BOX.height };
  rest.forEach((place, i) => {
    const to = { x: middle(place), y: top(place) };
    const bend = (to.y - from.y) / 2;
    text += `C${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
    if (i === rest.length - 1) return;
    from = { x: to.x, y: to.y + BOX.height };
    text += `V${from.y}`;
  });
  return text;
}
