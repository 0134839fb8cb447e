/** The keys of the runs table: those that act anywhere on the page, and those of the table. */
import type { Signal } from "@preact/signals";
import type { TableLine } from "../model/grouping.ts";
import { withToggled } from "../model/selection.ts";
import { goTo, setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import type { KeyMap } from "./keyboard.ts";

const SIDE_STEP = 160;

export interface TableKeys {
  readonly anywhere: KeyMap;
  readonly within: (event: KeyboardEvent & { currentTarget: HTMLElement }) => void;
}

export function tableKeys(
  list: RunsList,
  cursor: Signal<string | null>,
  fold: (key: string) => void,
  show: (line: number) => void,
): TableKeys {
  const place = () => list.lines.peek().findIndex(({ key }) => key === cursor.peek());
  const current = (): TableLine | undefined => list.lines.peek()[place()];
  const go = (to: number) => {
    const last = list.lines.peek().length - 1;
    const at = Math.min(last, Math.max(0, to));
    cursor.value = list.lines.peek()[at]?.key ?? null;
    show(at);
  };
  const move = (by: number) => {
    const at = place();
    go(at < 0 ? 0 : at + by);
  };
  const toggle = () => {
    const line = current();
    if (!line) return;
    const ids = line.kind === "run" ? [line.run.runId] : line.runs.map((run) => run.runId);
    setView({ selected: withToggled(view.peek().selected, ids) });
  };
  const add = () => {
    const line = current();
    const { selected } = view.peek();
    if (line?.kind !== "run" || selected.includes(line.run.runId)) return;
    setView({ selected: [...selected, line.run.runId] });
  };
  const enter = () => {
    const line = current();
    if (line?.kind === "group") fold(line.key);
    else if (line) goTo({ kind: "run", runId: line.run.runId, tab: "overview" });
  };
  /** Whether there was something to open (or close) at the cursor. */
  const unfold = (isOpening: boolean): boolean => {
    const line = current();
    if (line?.kind === "group") {
      if (line.isFolded === isOpening) fold(line.key);
      return true;
    }
    if (!line || line.run.childCount === 0) return false;
    if (list.open.peek().has(line.run.runId) !== isOpening) list.toggleOpen(line.run.runId);
    return true;
  };
  const extend = (by: number) => {
    add();
    move(by);
    add();
  };
  const toEnd = async () => {
    await list.loadAll();
    go(list.lines.peek().length - 1);
  };
  const acts: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowDown: ({ shiftKey }) => (shiftKey ? extend(1) : move(1)),
    ArrowUp: ({ shiftKey }) => (shiftKey ? extend(-1) : move(-1)),
    Home: () => go(0),
    End: () => void toEnd(),
    " ": toggle,
  };
  return {
    anywhere: { j: () => move(1), k: () => move(-1), x: toggle, Enter: enter },
    within: (event) => {
      const target = event.target as HTMLElement;
      if (event.altKey || event.ctrlKey || event.metaKey || target.closest("thead")) return;
      if (event.key === " " && target.closest("a, button, input")) return;
      const side = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (side !== 0) {
        event.preventDefault();
        if (unfold(side > 0)) return;
        event.currentTarget.parentElement?.scrollBy({ left: side * SIDE_STEP });
        return;
      }
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act(event);
    },
  };
}
