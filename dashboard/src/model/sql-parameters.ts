/** The placeholders of a statement, `{name:Type}`, and what was typed for them. */

export interface Placeholder {
  readonly name: string;
  readonly type: string;
}

/** Text and comments are skipped, and so are names in quotes: what is in them is not a placeholder. */
const TOKEN =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*([A-Za-z_]\w*)\s*:\s*([A-Za-z]\w*(?:\([^{}]*\))?)\s*\}/g;

/** Each placeholder once, in order of appearance. */
export function placeholdersOf(statement: string): readonly Placeholder[] {
  const found = new Map<string, Placeholder>();
  for (const [, name, type] of statement.matchAll(TOKEN)) {
    if (name && !found.has(name)) found.set(name, { name, type });
  }
  return [...found.values()];
}

/** The values of a statement's placeholders; those that nothing was typed for are left out. */
export function boundValues(
  statement: string,
  typed: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const bound = placeholdersOf(statement)
    .filter(({ name }) => Object.hasOwn(typed, name))
    .map(({ name }) => [name, typed[name]]);
  return Object.fromEntries(bound);
}

/** Placeholders that have no value yet. A text that was emptied is one, an emptied number is not. */
export function unboundNames(
  statement: string,
  typed: Readonly<Record<string, string>>,
): readonly string[] {
  return placeholdersOf(statement)
    .filter(({ name, type }) => {
      const isGiven = Object.hasOwn(typed, name);
      return !isGiven || (typed[name] === "" && !type.includes("String"));
    })
    .map(({ name }) => name);
}
