/** A menu of everything that can be plotted of a run, with a search. */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { toggled } from "../model/choice.ts";
import { dimensionTitle, parseDimension } from "../model/dimensions.ts";
import { nameSearch } from "../model/search.ts";
import { S } from "../strings.ts";
import { Menu } from "./menu.tsx";

export interface DimensionPickerProps {
  readonly label: string;
  readonly options: readonly string[];
  readonly chosen: readonly string[];
  readonly isMany?: boolean;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** More would only be scrolled past; the search finds the rest. */
const SHOWN_MAX = 100;

export function DimensionPicker({
  label,
  options,
  chosen,
  isMany,
  onChange,
}: DimensionPickerProps) {
  const [typed, setTyped] = useState("");
  return (
    <Menu
      class="from-left picker-menu"
      summary={
        <>
          <span class="quiet">{label}</span>
          {isMany ? <span class="badge">{chosen.length}</span> : titleOf(chosen[0])}
        </>
      }
    >
      {() => (
        <>
          <input
            type="search"
            placeholder={S.compare.searchDimensions}
            aria-label={`${S.compare.searchDimensions}: ${label}`}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <Options {...{ options, chosen, isMany, label, onChange }} typed={typed} />
        </>
      )}
    </Menu>
  );
}

function Options({
  options,
  chosen,
  isMany,
  label,
  onChange,
  typed,
}: DimensionPickerProps & { typed: string }) {
  const { matches } = nameSearch(typed);
  const found = options.filter((id) => matches(titleOf(id)));
  return (
    <>
      {found.slice(0, SHOWN_MAX).map((id, i) => (
        <Fragment key={id}>
          {(i === 0 || kindOf(id) !== kindOf(found[i - 1])) && (
            <h3>{S.compare.kinds[kindOf(id)]}</h3>
          )}
          <label>
            <input
              type={isMany ? "checkbox" : "radio"}
              name={label}
              checked={chosen.includes(id)}
              onChange={() => onChange(isMany ? toggled(chosen, id) : [id])}
            />
            {titleOf(id)}
          </label>
        </Fragment>
      ))}
      {found.length > SHOWN_MAX && <p class="caption">{S.andMore(found.length - SHOWN_MAX)}</p>}
      {found.length === 0 && <p class="caption">{S.compare.noDimension}</p>}
    </>
  );
}

type Kind = keyof typeof S.compare.kinds;

function kindOf(id: string): Kind {
  return parseDimension(id)?.kind ?? "fact";
}

function titleOf(id: string | undefined): string {
  const dimension = parseDimension(id ?? "");
  return dimension ? dimensionTitle(dimension) : (id ?? "");
}
