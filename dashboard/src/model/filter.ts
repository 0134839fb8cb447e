/** What a person types into the filter box, as the API's filter language. */
import { quoted } from "./fields.ts";

const OPERATOR = /[=<>~!]/;

/**
 * Plain words become a search in the run's name: `ridge 0.4` asks for `name ~ "ridge 0.4"`.
 * Anything with an operator is passed on as it is.
 */
export function filterQuery(typed: string): string {
  const text = typed.trim();
  if (text === "" || OPERATOR.test(text)) return text;
  return `name ~ ${quoted(text)}`;
}

/**
 * Runs that have every typed word in their own or their experiment's name, or whose id was typed;
 * nothing typed asks for every run.
 */
export function idOrNameQuery(typed: string): string {
  const words = typed.split(/\s+/).filter(Boolean).map(quoted);
  if (words.length === 0) return "";
  const named = words.map((word) => `(name ~ ${word} or experiment ~ ${word})`).join(" and ");
  return `${named} or run_id = ${quoted(typed.trim())}`;
}
