/** Go anywhere and do anything by typing a part of its name. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ranked } from "../model/palette.ts";
import { closeDialog } from "../state/dialogs.ts";
import { createPaletteSearch, type PaletteSearch } from "../state/palette.ts";
import { goTo, page } from "../state/router.ts";
import { S } from "../strings.ts";
import { Problem } from "./bits.tsx";
import { Dialog } from "./dialog.tsx";
import { type PaletteEntry, paletteActions } from "./palette-actions.ts";

const LIST_ID = "palette-list";
const OF_A_KIND_MAX = 8;

const optionId = (entry: PaletteEntry) => `palette-${entry.kind}-${encodeURIComponent(entry.id)}`;

export function PaletteDialog() {
  const search = useMemo(() => createPaletteSearch(OF_A_KIND_MAX), []);
  useEffect(() => search.dispose, [search]);
  const cursor = useSignal(0);
  const entries = useComputed(() => found(search)).value;
  const at = Math.min(cursor.value, entries.length - 1);
  const current = entries[at];
  const choose = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    closeDialog();
    entry.choose();
  };
  const move = (by: number) => {
    cursor.value = (at + by + entries.length) % Math.max(1, entries.length);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => choose(current),
  };
  const currentId = current && optionId(current);
  useEffect(() => {
    if (currentId) document.getElementById(currentId)?.scrollIntoView({ block: "nearest" });
  }, [currentId]);
  return (
    <Dialog label={S.palette.title} class="palette" onClose={closeDialog}>
      <input
        type="text"
        class="palette-field"
        // biome-ignore lint/a11y/noRedundantRoles: implied only with a list attribute that names a datalist
        role="combobox"
        // The types ask for it, and no such list is meant.
        list={undefined}
        aria-expanded="true"
        aria-controls={LIST_ID}
        aria-activedescendant={currentId}
        aria-autocomplete="list"
        aria-label={S.palette.title}
        placeholder={S.palette.placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          cursor.value = 0;
          search.type(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act || event.isComposing) return;
          event.preventDefault();
          act();
        }}
      />
      {search.error.value && <Problem error={search.error.value} />}
      <div id={LIST_ID} class="palette-list" role="listbox" aria-label={S.palette.title}>
        {entries.map((entry, i) => (
          <Option
            key={optionId(entry)}
            entry={entry}
            isFirst={entry.kind !== entries[i - 1]?.kind}
            isCurrent={entry === current}
            onChoose={() => choose(entry)}
          />
        ))}
      </div>
      {entries.length === 0 && !search.searching.value && (
        <p class="caption palette-nothing">{S.palette.nothing}</p>
      )}
    </Dialog>
  );
}

/** The server chose the runs; actions and experiments are chosen here. */
function found(search: PaletteSearch): readonly PaletteEntry[] {
  const experiments = search.experiments.value.map(({ name, runCount }): PaletteEntry => {
    const choose = () => goTo({ kind: "runs", experiment: name });
    return { kind: "experiment", id: name, title: name, detail: S.palette.runs(runCount), choose };
  });
  const runs = search.runs.value.map(({ runId, name, experiment }): PaletteEntry => {
    const choose = () => goTo({ kind: "run", runId, tab: "overview" });
    return { kind: "run", id: runId, title: name, detail: experiment, choose };
  });
  const known = [...paletteActions(page.value), ...experiments];
  const chosen = ranked(known, search.typed.value, OF_A_KIND_MAX);
  const of = (kind: PaletteEntry["kind"]) => chosen.filter((entry) => entry.kind === kind);
  return [...of("action"), ...of("experiment"), ...runs];
}

interface OptionProps {
  readonly entry: PaletteEntry;
  readonly isFirst: boolean;
  readonly isCurrent: boolean;
  readonly onChoose: () => void;
}

function Option({ entry, isFirst, isCurrent, onChoose }: OptionProps) {
  return (
    <>
      {isFirst && (
        <div role="presentation" class="palette-kind">
          {S.palette.kinds[entry.kind]}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys */}
      <div
        id={optionId(entry)}
        role="option"
        tabIndex={-1}
        aria-selected={isCurrent}
        onClick={onChoose}
      >
        <span class="palette-title">{entry.title}</span>
        <span class="palette-detail">{entry.detail}</span>
      </div>
    </>
  );
}
