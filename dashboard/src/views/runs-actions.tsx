/** What can be done to the selected runs, and whether archived or deleted ones are listed. */
import { archiveRuns, deleteRuns, restoreRuns } from "../state/edits.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";

export function SelectedActions({ list }: { list: RunsList }) {
  const { selected, archived, bin } = view.value;
  const runs = list.rows.value.map(({ run }) => run).filter((run) => selected.includes(run.runId));
  if (runs.length === 0) return null;
  const isBack = runs.every((run) => run.archived);
  const archive = () => {
    archiveRuns(runs, !isBack);
    // What is gone from the list is not selected any more.
    if (!archived) setView({ selected: [] });
  };
  const move = () => {
    (bin ? restoreRuns : deleteRuns)(runs);
    setView({ selected: [] });
  };
  return (
    <>
      {!bin && (
        <button type="button" class="chip" onClick={archive}>
          {isBack ? S.edits.unarchive : S.edits.archive}
        </button>
      )}
      <button type="button" class="chip" onClick={move}>
        {bin ? S.edits.restore : S.edits.delete}
      </button>
    </>
  );
}

export function ArchivedToggle() {
  const { archived } = view.value;
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={archived}
      title={S.edits.archivedTitle}
      onClick={() => setView({ archived: !archived, selected: [] })}
    >
      {S.edits.archivedToggle}
    </button>
  );
}

export function BinToggle() {
  const { bin } = view.value;
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={bin}
      title={S.edits.binTitle}
      onClick={() => setView({ bin: !bin, selected: [] })}
    >
      {S.edits.binToggle}
    </button>
  );
}
