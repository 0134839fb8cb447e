/** What can be done to the selected runs, and whether archived ones are listed. */
import { archiveRuns } from "../state/edits.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";

export function SelectedActions({ list }: { list: RunsList }) {
  const { selected, archived } = view.value;
  const runs = list.rows.value.map(({ run }) => run).filter((run) => selected.includes(run.runId));
  if (runs.length === 0) return null;
  const isBack = runs.every((run) => run.archived);
  const act = () => {
    archiveRuns(runs, !isBack);
    // What is gone from the list is not selected any more.
    if (!archived) setView({ selected: [] });
  };
  return (
    <button type="button" class="chip" onClick={act}>
      {isBack ? S.edits.unarchive : S.edits.archive}
    </button>
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
