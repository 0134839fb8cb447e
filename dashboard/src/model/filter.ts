/** What a person types into the filter box, as the API's filter language. */
import { quoted } from "./fields.ts";

const OPERATOR = /[=<>~!]/;

/**
 * Plain words become a search in the run's name: `ridge 0.4` asks for `name ~ "ridge 0.4"`.
 * Anything with an operator is passed on as it is.
 */
export function filterQuery(typed: string): string {
  const text = typed.trim();
  return text === "" || OPERATOR.test(text) ? text : `name ~ ${quoted(text)}`;
}
