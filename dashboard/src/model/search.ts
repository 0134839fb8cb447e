/** What is typed to search for names. */

export interface NameSearch {
  readonly matches: (name: string) => boolean;
  /** What is wrong with a /pattern/; null when it can be searched for. */
  readonly error: string | null;
}

/** Plain text is looked for within a name; `/…/` is a regular expression. Case does not matter. */
export function nameSearch(typed: string): NameSearch {
  const text = typed.trim();
  const pattern = /^\/(.*)\/$/s.exec(text)?.[1];
  if (pattern === undefined) {
    const wanted = text.toLowerCase();
    return { matches: (name) => name.toLowerCase().includes(wanted), error: null };
  }
  try {
    const expression = new RegExp(pattern, "i");
    return { matches: (name) => expression.test(name), error: null };
  } catch (problem) {
    return { matches: () => true, error: problem instanceof Error ? problem.message : "" };
  }
}
