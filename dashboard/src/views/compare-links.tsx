/** The ways from a runs page to a comparison. */
import { useMemo } from "preact/hooks";
import { compareRuns, parametersOf } from "../state/compare.ts";
import { view } from "../state/router.ts";
import type { RunsSource } from "../state/runs-list.ts";
import { S } from "../strings.ts";
import { useKeys } from "./keyboard.ts";

/** To the selected runs beside each other, or to the parameters of all that the filter leaves. */
export function CompareLinks({ source }: { source: RunsSource }) {
  const { selected, filter } = view.value;
  const experiment = "experiment" in source ? source.experiment : "";
  useKeys(
    useMemo(
      () => ({
        c: () => {
          if (view.peek().selected.length > 1) compareRuns(view.peek().selected);
        },
      }),
      [],
    ),
  );
  return (
    <>
      {selected.length > 1 && (
        <button
          type="button"
          title={S.compare.openTitle}
          onClick={() => compareRuns(view.peek().selected)}
        >
          {S.compare.open(selected.length)}
        </button>
      )}
      {experiment && (
        <a class="button" title={S.compare.plotAllTitle} href={parametersOf(experiment, filter)}>
          {S.compare.plotAll}
        </a>
      )}
    </>
  );
}
