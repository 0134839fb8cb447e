/**
 * What can be done to a run, from wherever its menu is opened: the menu, the questions that it
 * asks, and what is said afterwards. All of it stands once in the frame, above every page.
 */
import { signal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { NAME_CHARS_MAX } from "../model/edits.ts";
import { type Cancelable, isSubmitted, isWaiting } from "../model/job.ts";
import { COLOR_TAG, colorIndex, isGoingOn, isTerminal, type Run } from "../model/run.ts";
import { archiveRuns, cancelRun, deleteRuns, editRun, restoreRuns } from "../state/edits.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Dialog } from "./dialog.tsx";
import { useDismiss } from "./dismiss.ts";
import { Notices } from "./notices.tsx";

interface OpenMenu {
  readonly run: Run;
  readonly button: HTMLElement;
}

const openMenu = signal<OpenMenu | null>(null);
const renamed = signal<Run | null>(null);
const canceled = signal<Cancelable | null>(null);

export function RunMenuButton({ run }: { run: Run }) {
  const isOpen = openMenu.value?.run.runId === run.runId;
  return (
    <button
      type="button"
      class="icon run-menu-button"
      aria-haspopup="menu"
      aria-expanded={isOpen}
      aria-label={S.edits.menuOf(run.name)}
      title={S.edits.menuOf(run.name)}
      onPointerDown={(event) => isOpen && event.stopPropagation()}
      onClick={(event) => {
        openMenu.value = isOpen ? null : { run, button: event.currentTarget };
      }}
    >
      ⋯
    </button>
  );
}

export function CancelButton({ run }: { run: Cancelable }) {
  if (isTerminal(run.status)) return null;
  return (
    <button
      type="button"
      title={S.edits.cancelOf(run.name)}
      disabled={run.status === "CancelRequested"}
      onClick={() => {
        canceled.value = run;
      }}
    >
      {run.status === "CancelRequested" ? S.edits.canceling : S.edits.cancel}
    </button>
  );
}

export function RunActions() {
  return (
    <>
      {openMenu.value && <RunMenu {...openMenu.value} />}
      {renamed.value && <RenameDialog run={renamed.value} />}
      {canceled.value && <CancelDialog run={canceled.value} />}
      <Notices />
    </>
  );
}

const MENU_WIDTH = 216;
const MENU_HEIGHT = 248;
const GAP = 4;

function RunMenu({ run, button }: OpenMenu) {
  const menu = useRef<HTMLDivElement>(null);
  const close = useCallback(() => {
    if (menu.current?.contains(document.activeElement)) button.focus();
    openMenu.value = null;
  }, [button]);
  useDismiss(menu, true, close);
  useEffect(() => {
    menu.current?.querySelector("button")?.focus({ preventScroll: true });
    const at = button.getBoundingClientRect();
    const onScroll = () => {
      // Something else may scroll; it is closed when what it belongs to moves away below it.
      const now = button.getBoundingClientRect();
      if (now.top !== at.top || now.left !== at.left) close();
    };
    addEventListener("scroll", onScroll, { capture: true, passive: true });
    addEventListener("popstate", close);
    return () => {
      removeEventListener("scroll", onScroll, { capture: true });
      removeEventListener("popstate", close);
    };
  }, [button, close]);
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const x = left + MENU_WIDTH > innerWidth ? Math.max(GAP, right - MENU_WIDTH) : left;
  const y = bottom + MENU_HEIGHT > innerHeight ? Math.max(GAP, top - MENU_HEIGHT) : bottom + GAP;
  const act = (work: () => void) => () => {
    close();
    work();
  };
  return (
    <div
      class="run-menu"
      role="menu"
      tabIndex={-1}
      aria-label={S.edits.menuOf(run.name)}
      ref={menu}
      style={{ left: `${x}px`, top: `${y}px`, width: `${MENU_WIDTH}px` }}
      onKeyDown={moveFocus}
    >
      <button
        type="button"
        role="menuitem"
        onClick={act(() => {
          renamed.value = run;
        })}
      >
        {S.edits.rename}
      </button>
      <button type="button" role="menuitem" onClick={act(() => archiveRuns([run], !run.archived))}>
        {run.archived ? S.edits.unarchive : S.edits.archive}
      </button>
      {run.deletedUs !== null ? (
        <button type="button" role="menuitem" onClick={act(() => restoreRuns([run]))}>
          {S.edits.restore}
        </button>
      ) : (
        !isGoingOn(run.status) && (
          <button type="button" role="menuitem" onClick={act(() => deleteRuns([run]))}>
            {S.edits.delete}
          </button>
        )
      )}
      {!isTerminal(run.status) && (
        <button
          type="button"
          role="menuitem"
          disabled={run.status === "CancelRequested"}
          onClick={act(() => {
            canceled.value = run;
          })}
        >
          {S.edits.cancelRun}
        </button>
      )}
      <ColorChoice run={run} onDone={close} />
    </div>
  );
}

/** The ten colours, and none of them: the run's own by its number. */
function ColorChoice({ run, onDone }: { run: Run; onDone: () => void }) {
  const chosen = COLOR_TAG in run.tags;
  const current = colorIndex(run);
  const choose = (value: string | null) => {
    onDone();
    editRun(run, { tags: { [COLOR_TAG]: value } });
  };
  return (
    <fieldset class="run-colors" aria-label={S.edits.color}>
      {SERIES_COLORS[theme.value].map((color, i) => (
        <button
          type="button"
          role="menuitemradio"
          key={color}
          aria-checked={current === i}
          aria-label={S.edits.colorNumber(i + 1)}
          title={S.edits.colorNumber(i + 1)}
          style={{ background: color }}
          onClick={() => choose(String(i + 1))}
        />
      ))}
      {chosen && (
        <button type="button" role="menuitem" class="own-color" onClick={() => choose(null)}>
          {S.edits.ownColor}
        </button>
      )}
    </fieldset>
  );
}

/** The arrow keys go from one item of a menu to the next, and round. */
function moveFocus(event: KeyboardEvent): void {
  const by: number | undefined = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[
    event.key
  ];
  if (by === undefined) return;
  event.preventDefault();
  const menu = event.currentTarget as HTMLElement;
  const items = [...menu.querySelectorAll<HTMLElement>("button:not(:disabled)")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + by + items.length) % items.length]?.focus();
}

/** Closes the dialog that a button is in. */
function closeAround(event: { readonly currentTarget: HTMLElement }): void {
  event.currentTarget.closest("dialog")?.close();
}

function RenameDialog({ run }: { run: Run }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const save = () => {
    const name = input.current?.value.trim();
    if (name && name !== run.name) editRun(run, { name });
  };
  return (
    <Dialog
      label={S.edits.renameTitle}
      class="question"
      onClose={() => {
        renamed.value = null;
      }}
    >
      <h2>{S.edits.renameTitle}</h2>
      <form method="dialog" class="dialog-form" onSubmit={save}>
        <input
          type="text"
          ref={input}
          aria-label={S.edits.name}
          defaultValue={run.name}
          maxLength={NAME_CHARS_MAX}
          required
        />
        <div class="dialog-buttons">
          <button type="button" onClick={closeAround}>
            {S.edits.back}
          </button>
          <button type="submit" class="primary">
            {S.edits.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function cancelAdvice(run: Cancelable): string {
  if (!isSubmitted(run)) return S.edits.cancelAdvice;
  return isWaiting(run.status) ? S.edits.cancelWaitingAdvice : S.edits.cancelSubmittedAdvice;
}

function CancelDialog({ run }: { run: Cancelable }) {
  const title = S.edits.cancelTitle(run.name);
  return (
    <Dialog
      label={title}
      class="question"
      onClose={() => {
        canceled.value = null;
      }}
    >
      <h2>{title}</h2>
      <p>{cancelAdvice(run)}</p>
      <div class="dialog-buttons">
        <button type="button" onClick={closeAround}>
          {isWaiting(run.status) && isSubmitted(run) ? S.edits.keepWaiting : S.edits.keepRunning}
        </button>
        <button
          type="button"
          class="primary danger"
          onClick={(event) => {
            closeAround(event);
            cancelRun(run);
          }}
        >
          {S.edits.cancelRun}
        </button>
      </div>
    </Dialog>
  );
}
