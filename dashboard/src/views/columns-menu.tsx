/** Which columns the runs table has, in which order, and which stay at the left. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import { AGGREGATES, ATTRIBUTE_COLUMNS, fieldColumnId, type RunColumn } from "../model/columns.ts";
import type { RunField } from "../model/fields.ts";
import { movedBy, movedTo } from "../model/table-layout.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";
import { titleOf } from "./column-title.ts";
import { Menu, MenuSearch } from "./menu.tsx";

const OFFERED_MAX = 100;

export function ColumnsMenu({ list }: { list: RunsList }) {
  const search = useSignal("");
  const columns = list.columns.value;
  const shown = columns.map(({ id }) => id);
  const choose = (ids: readonly string[]) => setView({ columns: ids });
  const toggle = (id: string) =>
    choose(shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id]);
  const wanted = search.value.trim().toLowerCase();
  const attributes = ATTRIBUTE_COLUMNS.filter((id) =>
    S.table.attributes[id].toLowerCase().includes(wanted),
  );
  const fields = list.fields.items.value.filter(({ name }) => name.toLowerCase().includes(wanted));
  const offered = fields.slice(0, OFFERED_MAX);
  const rest = fields.length - offered.length;
  return (
    <Menu class="columns-menu" summary={S.columns.title}>
      {() => (
        <>
          <ShownColumns columns={columns} choose={choose} />
          <MenuSearch label={S.table.searchColumns} typed={search} />
          {attributes.length > 0 && <h3>{S.table.aboutRun}</h3>}
          {attributes.map((id) => (
            <label key={id}>
              <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} />
              {S.table.attributes[id]}
            </label>
          ))}
          {(["config", "properties", "tags", "metrics"] as const).map((source) => (
            <FieldChoices
              key={source}
              title={S.table.sources[source]}
              fields={offered.filter((field) => field.source === source)}
              shown={shown}
              toggle={toggle}
            />
          ))}
          {rest > 0 && <p class="quiet">{S.table.searchForMore(formatCount(rest))}</p>}
          {wanted && attributes.length + offered.length === 0 && (
            <p class="quiet">{S.table.noColumn}</p>
          )}
        </>
      )}
    </Menu>
  );
}

interface FieldChoicesProps {
  readonly title: string;
  readonly fields: readonly RunField[];
  readonly shown: readonly string[];
  readonly toggle: (id: string) => void;
}

function FieldChoices({ title, fields, shown, toggle }: FieldChoicesProps) {
  if (fields.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      {fields.map((field) =>
        field.source === "metrics" ? (
          <div class="menu-row" key={field.name}>
            <span title={field.name}>{field.name}</span>
            {AGGREGATES.map((aggregate) => {
              const id = fieldColumnId(field, aggregate);
              return (
                <label key={aggregate}>
                  <input
                    type="checkbox"
                    aria-label={`${field.name} ${aggregate}`}
                    checked={shown.includes(id)}
                    onChange={() => toggle(id)}
                  />
                  {aggregate}
                </label>
              );
            })}
          </div>
        ) : (
          <label key={field.name}>
            <input
              type="checkbox"
              checked={shown.includes(fieldColumnId(field))}
              onChange={() => toggle(fieldColumnId(field))}
            />
            {field.name}
          </label>
        ),
      )}
    </>
  );
}

/** The columns in their order: dragged, or moved by keys; pinned and taken out by buttons. */
function ShownColumns({
  columns,
  choose,
}: {
  columns: readonly RunColumn[];
  choose: (ids: readonly string[]) => void;
}) {
  const dragged = useSignal<string | null>(null);
  const title = useId();
  const ids = columns.map(({ id }) => id);
  const { pinned } = view.value;
  return (
    <>
      <h3 id={title}>{S.table.shownColumns}</h3>
      <ul class="shown-columns" aria-labelledby={title}>
        {columns.map((column) => {
          const name = titleOf(column);
          const isPinned = pinned.includes(column.id);
          return (
            <li
              key={column.id}
              draggable
              onDragStart={() => {
                dragged.value = column.id;
              }}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged.value) choose(movedTo(ids, dragged.value, column.id));
              }}
            >
              <span class="grip" aria-hidden="true">
                ⠿
              </span>
              <span class="shown-name" title={name}>
                {name}
              </span>
              <IconButton
                text="↑"
                label={S.table.moveUp(name)}
                onClick={() => choose(movedBy(ids, column.id, -1))}
              />
              <IconButton
                text="↓"
                label={S.table.moveDown(name)}
                onClick={() => choose(movedBy(ids, column.id, 1))}
              />
              <IconButton
                text="⇤"
                label={S.table.pin(name)}
                pressed={isPinned}
                onClick={() =>
                  setView({
                    pinned: isPinned
                      ? pinned.filter((id) => id !== column.id)
                      : [...pinned, column.id],
                  })
                }
              />
              <IconButton
                text="✕"
                label={S.table.hide(name)}
                onClick={() => choose(ids.filter((id) => id !== column.id))}
              />
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface IconButtonProps {
  readonly text: string;
  readonly label: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

function IconButton({ text, label, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon small"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      onClick={onClick}
    >
      {text}
    </button>
  );
}
