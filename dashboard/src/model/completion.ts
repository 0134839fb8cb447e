/** What can stand at the caret of the filter box. */

import { type FieldKind, filterName, quoted, type RunField, STATS } from "./fields.ts";
import { filterQuery } from "./filter.ts";
import { type Token, tokensOf } from "./filter-tokens.ts";

export interface Completion {
  /** What is put in place of [start, end) of the text. */
  readonly insert: string;
  readonly label: string;
  /** A word on what it is, beside the label. */
  readonly detail: Detail | null;
}

export type Detail =
  | { readonly kind: "attribute" | "operator" | "value" | "word" }
  | { readonly kind: "field"; readonly field: RunField };

export interface Completions {
  readonly start: number;
  readonly end: number;
  readonly expects: Expected;
  readonly items: readonly Completion[];
}

export type Expected = "field" | "operator" | "value" | "joint" | "nothing";

/** What the page knows that the text does not say. */
export interface Known {
  readonly fields: readonly RunField[];
  readonly statuses: readonly string[];
  /** Dates worth offering, newest first: `2026-11-25`. */
  readonly days: readonly string[];
}

export const COMPLETIONS_MAX = 60;

type ValueKind = FieldKind | "time" | "status";

export const ATTRIBUTES: Readonly<Record<string, ValueKind>> = {
  status: "status",
  name: "text",
  created: "time",
  duration: "number",
  started: "time",
  ended: "time",
  seen: "time",
  user: "text",
  host: "text",
  target: "text",
  run_type: "text",
  description: "text",
  run_id: "text",
  parent: "text",
  archived: "bool",
};

const OPERATORS: Readonly<Record<ValueKind, readonly string[]>> = {
  number: ["<", ">", "<=", ">=", "=", "!="],
  text: ["=", "!=", "~"],
  bool: ["=", "!="],
  time: [">", "<", ">=", "<="],
  status: ["=", "!="],
};

/** What the words up to `caret` ask for next, and the word that is being typed, if any. */
export function contextAt(
  text: string,
  caret: number,
): { expects: Expected; field: string; depth: number; typed: Token | null } {
  const before = tokensOf(text).filter((token) => token.start < caret);
  const last = before[before.length - 1];
  const typed = last && last.end >= caret && isOpenAt(last, caret) ? last : null;
  let expects: Expected = "field";
  let field = "";
  let depth = 0;
  for (const token of typed ? before.slice(0, -1) : before) {
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    if (expects === "field" && word === "not") continue;
    if (expects === "field" && token.kind === "(") depth += 1;
    else if (expects === "field" && token.kind === "word") {
      field = token.text;
      expects = "operator";
    } else if (expects === "operator" && token.kind === "op") expects = "value";
    else if (expects === "value" && ["word", "number", "text"].includes(token.kind)) {
      expects = "joint";
    } else if (expects === "joint" && token.kind === ")" && depth > 0) depth -= 1;
    else if (expects === "joint" && (word === "and" || word === "or")) expects = "field";
    else return { expects: "nothing", field, depth, typed };
  }
  return { expects, field, depth, typed };
}

/**
 * Whether the text can be asked for: plain words, or an expression that does not wait for more,
 * such as for the rest of one of `statuses`. What cannot be told is the server's to judge.
 */
export function isWhole(text: string, statuses: readonly string[] = []): boolean {
  if (filterQuery(text) !== text.trim()) return true;
  const last = tokensOf(text).at(-1);
  if (!last) return true;
  if (last.kind === "text" && isOpenAt(last, last.end)) return false;
  if (text.endsWith(last.text) && last.kind === "word") {
    const { expects, field } = contextAt(text, text.length);
    const isBegun = statuses.some((one) => one.startsWith(last.text.toLowerCase()));
    const isOne = statuses.includes(last.text.toLowerCase());
    if (expects === "value" && field === "status" && isBegun && !isOne) return false;
  }
  // Blank after it, so that nothing is in the middle of being typed.
  const { expects, depth } = contextAt(`${text} `, text.length + 1);
  return expects === "nothing" || (expects === "joint" && depth === 0);
}

/** Every field as it can be offered, once for many key strokes; `last` of each metric first. */
export function fieldCompletions(fields: readonly RunField[]): Completion[] {
  const attributes = Object.keys(ATTRIBUTES).map((name) => offer(name, { kind: "attribute" }));
  const entries = fields.filter(({ source }) => source !== "metrics");
  const metrics = fields.filter(({ source }) => source === "metrics");
  return [
    ...attributes,
    ...entries.map((field) => offer(filterName(field), { kind: "field", field })),
    ...STATS.flatMap((stat) =>
      metrics.map((field) => offer(filterName(field, stat), { kind: "field", field })),
    ),
  ];
}

export function completionsAt(
  text: string,
  caret: number,
  known: Known,
  offered: readonly Completion[] = fieldCompletions(known.fields),
): Completions {
  const { expects, field, depth, typed } = contextAt(text, caret);
  const from = typed?.start ?? caret;
  const place = { start: from, end: typed?.end ?? caret, expects };
  const written = text.slice(from, caret);
  const rest = { ...place, items: [] as readonly Completion[] };
  switch (expects) {
    case "field":
      return { ...rest, items: matching([...offered, offer("not", { kind: "word" })], written) };
    case "operator": {
      const operators = OPERATORS[kindOf(field, known.fields)];
      return {
        ...rest,
        items: startingWith(
          operators.map((op) => offer(op, OPERATOR)),
          written,
        ),
      };
    }
    case "value":
      return { ...rest, items: matching(valuesOf(field, known), written) };
    case "joint": {
      const words = [...(depth > 0 ? [")"] : []), "and", "or"];
      return {
        ...rest,
        items: startingWith(
          words.map((w) => offer(w, { kind: "word" })),
          written,
        ),
      };
    }
    default:
      return rest;
  }
}

/** The text with a completion taken, and where the caret is then. */
export function completed(
  text: string,
  { start, end }: Pick<Completions, "start" | "end">,
  completion: Completion,
): { text: string; caret: number } {
  const rest = text.slice(end).replace(/^\s/u, "");
  const head = `${text.slice(0, start)}${completion.insert} `;
  return { text: head + rest, caret: head.length };
}

/** Where the server's message says that a filter is wrong: the first such place, from 0. */
export function errorPlace(message: string): number | null {
  const found = /\bcharacter (\d+)/u.exec(message);
  return found ? Number(found[1]) - 1 : null;
}

const OPERATOR: Detail = { kind: "operator" };

function offer(text: string, detail: Detail): Completion {
  return { insert: text, label: text, detail };
}

/** Whether more can be typed to the word: an operator, a bracket or closed quotes are whole. */
function isOpenAt(token: Token, caret: number): boolean {
  if (token.end > caret) return true;
  if (token.kind === "text") return token.text.length < 2 || token.text[0] !== token.text.at(-1);
  return token.kind === "word" || token.kind === "number" || token.text === "!";
}

function kindOf(field: string, fields: readonly RunField[]): ValueKind {
  if (field.startsWith("metrics.")) return "number";
  const bare = field.replace(/_us$/u, "");
  return ATTRIBUTES[bare] ?? fields.find((one) => filterName(one) === field)?.kind ?? "text";
}

function valuesOf(field: string, { fields, statuses, days }: Known): Completion[] {
  const kind = kindOf(field, fields);
  const value = (text: string) => offer(text, { kind: "value" });
  const missing = offer("null", { kind: "word" });
  if (kind === "status") return statuses.map((status) => value(status));
  if (kind === "time") return [...days.map((day) => value(quoted(day))), missing];
  if (kind === "bool") return ["true", "false"].map(value);
  const values = fields.find((one) => filterName(one) === field)?.values ?? [];
  return [...values.map((text) => value(kind === "number" ? text : quoted(text))), missing];
}

function startingWith(items: readonly Completion[], written: string): Completion[] {
  const start = written.toLowerCase();
  return items.filter(({ label }) => label.startsWith(start) && label !== written);
}

/** Those that contain what is written: the ones that start with it first, then at a part's start. */
function matching(items: readonly Completion[], written: string): Completion[] {
  // Quotes are a matter of writing: who types `tags.odd` means `tags."odd name"` as well.
  const bare = (text: string) => text.toLowerCase().replaceAll(/["']/gu, "");
  const wanted = bare(written);
  const ranked: Completion[][] = [[], [], []];
  for (const item of items) {
    const label = bare(item.label);
    const at = label.indexOf(wanted);
    if (at < 0 || item.label === written) continue;
    const before = label[at - 1];
    ranked[at === 0 ? 0 : before === "." || before === "/" ? 1 : 2].push(item);
  }
  return ranked.flat().slice(0, COMPLETIONS_MAX);
}
