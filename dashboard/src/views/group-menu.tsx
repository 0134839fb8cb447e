/** By which columns the runs are put together. */
import { useSignal } from "@preact/signals";
import { fieldColumnId, isColumn, parseColumn } from "../model/columns.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";
import { titleOf } from "./column-title.ts";
import { Menu, MenuSearch } from "./menu.tsx";

const ATTRIBUTES = ["status", "user", "host", "target", "run_type", "created", "tags"];
const OFFERED_MAX = 60;

export function GroupMenu({ list }: { list: RunsList }) {
  const search = useSignal("");
  const { group } = view.value;
  const wanted = search.value.trim().toLowerCase();
  const ids = [
    ...list.fields.items.value.filter((f) => f.source !== "metrics").map((f) => fieldColumnId(f)),
    ...ATTRIBUTES,
    ...list.columns.value.map(({ id }) => id),
  ];
  const all = [...new Set([...group, ...ids])].map(parseColumn).filter(isColumn);
  const offered = all.filter((column) => titleOf(column).toLowerCase().includes(wanted));
  const chosen = group.map(parseColumn).filter(isColumn).map(titleOf);
  const toggle = (id: string) =>
    setView({
      group: group.includes(id) ? group.filter((one) => one !== id) : [...group, id],
      folded: [],
    });
  return (
    <Menu
      class="group-menu"
      isOn={group.length > 0}
      summary={group.length > 0 ? S.table.groupedBy(chosen.join(", ")) : S.table.group}
    >
      {() => (
        <>
          <MenuSearch label={S.table.searchColumns} typed={search} />
          {group.length > 0 && (
            <button type="button" onClick={() => setView({ group: [], folded: [] })}>
              {S.table.ungroup}
            </button>
          )}
          {offered.slice(0, OFFERED_MAX).map((column) => (
            <label key={column.id}>
              <input
                type="checkbox"
                checked={group.includes(column.id)}
                onChange={() => toggle(column.id)}
              />
              {titleOf(column)}
              {column.kind !== "attribute" && <span class="quiet">{column.kind}</span>}
            </label>
          ))}
          {offered.length === 0 && <p class="quiet">{S.table.noColumn}</p>}
        </>
      )}
    </Menu>
  );
}
