/** Nested values as a tree: searched, opened and closed, and copied. */
import { useMemo, useState } from "preact/hooks";
import { fullText } from "../base/format.ts";
import { type JsonRow, jsonRows } from "../model/json-rows.ts";
import { S } from "../strings.ts";
import { CopyButton, Value } from "./bits.tsx";

interface JsonTreeProps {
  readonly value: unknown;
  readonly label: string;
  readonly openDepth: number;
  readonly rowsMax?: number;
}

/** Fewer members than this are seen at a glance. */
const SEARCHED_MIN = 8;
const ROWS_MAX = 1000;

export function JsonTree({ value, label, openDepth, rowsMax = ROWS_MAX }: JsonTreeProps) {
  const [search, setSearch] = useState("");
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const { rows, count } = useMemo(
    () => jsonRows(value, { turned, openDepth, search }, rowsMax),
    [value, turned, openDepth, search, rowsMax],
  );
  const turn = (path: string) => {
    const next = new Set(turned);
    if (!next.delete(path)) next.add(path);
    setTurned(next);
  };
  return (
    <div class="json">
      <div class="json-tools">
        {(count >= SEARCHED_MIN || search !== "") && (
          <input
            type="search"
            aria-label={S.runPage.searchWithin(label)}
            placeholder={S.runPage.searchValues}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <CopyButton
          text={JSON.stringify(value, null, 2)}
          label={S.runPage.copyAll(label)}
          title={S.runPage.copyJson}
        />
      </div>
      <ul class="json-rows" aria-label={label}>
        {rows.map((row) => (
          <JsonLine key={row.path} row={row} turn={turn} />
        ))}
      </ul>
      {count === 0 && search !== "" && <p class="quiet">{S.noMatch}</p>}
      {count > rows.length && <p class="caption">{S.runPage.firstOf(rows.length, count)}</p>}
    </div>
  );
}

function JsonLine({ row, turn }: { row: JsonRow; turn: (path: string) => void }) {
  const { path, key, depth, value, size, isOpen } = row;
  const indent = { paddingLeft: `${depth * 14}px` };
  if (size !== null && size > 0) {
    return (
      <li style={indent}>
        <button
          type="button"
          class="json-key"
          aria-expanded={isOpen}
          title={path}
          onClick={() => turn(path)}
        >
          <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
          {key}
        </button>
        {!isOpen && <span class="quiet">{S.runPage.members(Array.isArray(value), size)}</span>}
      </li>
    );
  }
  return (
    <li style={indent}>
      <span class="json-key" title={path}>
        {key}
      </span>
      <span class={`json-value json-${value === null ? "null" : typeof value}`}>
        {value === null ? "null" : <Value of={value} />}
      </span>
      <CopyButton text={copied(value)} label={S.runPage.copyValue(path)} />
    </li>
  );
}

function copied(value: unknown): string {
  return value === null ? "null" : fullText(value);
}
