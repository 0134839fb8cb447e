/** What was done and can be undone, or was refused: at the foot of the page, for a moment. */
import { dismiss, type Notice, notices } from "../state/notices.ts";
import { S } from "../strings.ts";

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, notice, undo }) => (
        <div class={notice.kind === "refused" ? "notice notice-bad" : "notice"} key={id}>
          <span>{textOf(notice)}</span>
          {undo && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                undo();
              }}
            >
              {S.edits.undo}
            </button>
          )}
          <button
            type="button"
            class="icon"
            onClick={() => dismiss(id)}
            aria-label={S.close}
            title={S.close}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}

function textOf(notice: Notice): string {
  switch (notice.kind) {
    case "refused": {
      const { title, advice } = S.problem(notice.error);
      return S.edits.refused(title, advice);
    }
    case "archived":
      return S.edits.archived(notice.count, notice.archived);
    case "deleted":
      return S.edits.deleted(notice.count, notice.deleted);
    case "viewDeleted":
      return S.edits.viewDeleted(notice.name);
  }
}
