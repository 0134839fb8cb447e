/** The filter of a runs table: typed freely, with what could stand at the caret below it. */
import { useComputed, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import {
  type Completion,
  type Completions,
  completed,
  completionsAt,
  errorPlace,
  fieldCompletions,
  isWhole,
} from "../model/completion.ts";
import { tokensOf } from "../model/filter-tokens.ts";
import { now } from "../state/clock.ts";
import { setView, view } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";

/** Typing at a usual pace asks once a word rather than once a letter. */
const PAUSE_MS = 120;
/** What comes after so long a time is the first letter, or was pasted: it is asked at once. */
const REST_MS = 500;

/** What the box needs of a list that the filter acts on. */
export type FilterState = Pick<RunsList, "fields" | "filterError">;

const LIST_ID = "filter-completions";
const optionId = (at: number) => `${LIST_ID}-${at}`;

export function FilterBox({
  list,
  inputRef,
}: {
  list: FilterState;
  inputRef: RefObject<HTMLInputElement | null>;
}) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typedAt = useRef(Number.NEGATIVE_INFINITY);
  const open = useSignal<Completions | null>(null);
  const active = useSignal(-1);
  const isTyping = useSignal(false);
  const offered = useComputed(() => fieldCompletions(list.fields.items.value));
  const { filter } = view.value;
  useEffect(() => {
    if (inputRef.current && document.activeElement !== inputRef.current) {
      inputRef.current.value = filter;
    }
  }, [filter, inputRef]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = (value: string, isMeant = false) => {
    clearTimeout(timer.current);
    if (isMeant) isTyping.value = false;
    setView({ filter: value });
  };
  const look = (input: HTMLInputElement) => {
    const known = { fields: list.fields.items.peek(), statuses: STATUSES, days: recentDays() };
    const caret = input.selectionStart ?? input.value.length;
    const found = completionsAt(input.value, caret, known, offered.peek());
    open.value = found.items.length > 0 ? found : null;
    active.value = -1;
  };
  const fields = list.fields.items.value;
  useEffect(() => {
    // Fields that come while somebody types are offered at once.
    const input = inputRef.current;
    if (input && document.activeElement === input && isTyping.peek()) look(input);
  }, [fields]);
  const take = (input: HTMLInputElement, completion: Completion) => {
    if (!open.value) return;
    const next = completed(input.value, open.value, completion);
    input.value = next.text;
    input.setSelectionRange(next.caret, next.caret);
    if (isWhole(next.text, STATUSES)) apply(next.text);
    look(input);
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    const input = event.currentTarget;
    const items = open.value?.items ?? [];
    const move = (to: number) => {
      event.preventDefault();
      if (items.length === 0) return look(input);
      active.value = (to + items.length) % items.length;
      document.getElementById(optionId(active.value))?.scrollIntoView({ block: "nearest" });
    };
    const chosen = items[active.value];
    if (event.key === "ArrowDown") move(active.value + 1);
    else if (event.key === "ArrowUp") move(active.value < 0 ? items.length - 1 : active.value - 1);
    else if (event.key === "Escape" && open.value) {
      event.preventDefault();
      event.stopPropagation();
      open.value = null;
    } else if (event.key === "Tab" && items.length > 0 && input.value !== "" && !event.shiftKey) {
      event.preventDefault();
      take(input, chosen ?? items[0]);
    } else if (event.key === "Enter") {
      if (chosen) take(input, chosen);
      else {
        open.value = null;
        apply(input.value, true);
      }
    }
  };
  return (
    <div class="filter-box">
      <input
        ref={inputRef}
        type="search"
        class="filter"
        // biome-ignore lint/a11y/noRedundantRoles: a browser gives it this role with a datalist only
        role="combobox"
        list={undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={S.filter.placeholder}
        aria-label={S.filter.label}
        aria-autocomplete="list"
        aria-expanded={open.value !== null}
        aria-controls={LIST_ID}
        aria-activedescendant={active.value >= 0 ? optionId(active.value) : undefined}
        aria-invalid={list.filterError.value !== null && !isTyping.value}
        title={S.filter.help}
        defaultValue={filter}
        onFocus={(event) => look(event.currentTarget)}
        onClick={(event) => look(event.currentTarget)}
        onBlur={(event) => {
          open.value = null;
          apply(event.currentTarget.value, true);
        }}
        onKeyDown={onKeyDown}
        onInput={(event) => {
          const { value } = event.currentTarget;
          clearTimeout(timer.current);
          isTyping.value = true;
          const waitMs = event.timeStamp - typedAt.current > REST_MS ? 0 : PAUSE_MS;
          typedAt.current = event.timeStamp;
          // Half an expression is no question; leaving the box, or Enter, asks it all the same.
          if (isWhole(value, STATUSES)) timer.current = setTimeout(() => apply(value), waitMs);
          look(event.currentTarget);
        }}
      />
      {open.value && (
        <Options
          found={open.value}
          active={active.value}
          onTake={(completion) => {
            if (inputRef.current) take(inputRef.current, completion);
          }}
        />
      )}
      <Complaint list={list} isTyping={isTyping.value} isCovered={open.value !== null} />
    </div>
  );
}

interface OptionsProps {
  readonly found: Completions;
  readonly active: number;
  readonly onTake: (completion: Completion) => void;
}

function Options({ found, active, onTake }: OptionsProps) {
  return (
    <div class="completions" id={LIST_ID} role="listbox" aria-label={S.table.completions}>
      {found.items.map((item, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box it belongs to
        <div
          key={item.label}
          id={optionId(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          class={at === active ? "active" : undefined}
          // The box keeps the focus: leaving it closes the list before the click.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(item)}
        >
          <code>{item.label}</code>
          <span class="quiet">{detailOf(item)}</span>
        </div>
      ))}
    </div>
  );
}

function detailOf({ detail, label }: Completion): string {
  if (detail?.kind === "field") {
    return S.table.fieldDetail(detail.field.kind, formatCount(detail.field.runCount));
  }
  if (detail?.kind === "operator") return S.table.operators[label] ?? "";
  return "";
}

/** What the server says about the filter, and where: in grey while the filter is being typed. */
function Complaint({
  list,
  isTyping,
  isCovered,
}: {
  list: FilterState;
  isTyping: boolean;
  isCovered: boolean;
}) {
  const wrong = list.filterError.value;
  if (!wrong || (isTyping && isCovered)) return null;
  const text = wrong.filter.trim();
  const place = errorPlace(wrong.message);
  const token = place === null ? null : tokensOf(text).find(({ start }) => start === place);
  const end = token?.end ?? (place ?? 0) + 1;
  return (
    <div
      class={`filter-complaint ${isTyping ? "typing" : ""}`}
      role={isTyping ? "status" : "alert"}
    >
      <p>{wrong.message}</p>
      {place !== null && (
        <code>
          {text.slice(0, place)}
          <mark>{text.slice(place, end) || " "}</mark>
          {text.slice(end)}
        </code>
      )}
    </div>
  );
}

/** In the spelling that is quickest to type; the server takes any. */
const STATUSES = [
  "running",
  "completed",
  "failed",
  "canceled",
  "notresponding",
  "queued",
  "preparing",
  "starting",
  "finalizing",
  "paused",
  "notstarted",
];

const DAY_US = 86_400_000_000;
const DAYS_OFFERED = [0, 1, 7, 30];

function recentDays(): string[] {
  return DAYS_OFFERED.map((ago) =>
    new Date((now.peek() - ago * DAY_US) / 1000).toISOString().slice(0, 10),
  );
}
