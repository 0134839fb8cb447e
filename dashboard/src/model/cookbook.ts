/** The questions of the cookbook: headings, prose and statements of one SQL file. */

export interface Recipe {
  readonly group: string;
  readonly question: string;
  /** Why, and how to read the answer. */
  readonly text: string;
  readonly statement: string;
}

/**
 * `-- # Group`, then `-- ## Question`, then lines of prose that begin with `--`, then the
 * statement up to its semicolon.
 */
export function parseCookbook(sql: string): readonly Recipe[] {
  const recipes: Recipe[] = [];
  let group = "";
  for (const part of sql.split(/^-- (?=##? )/m)) {
    if (part.startsWith("# ")) group = part.slice(2).split("\n")[0].trim();
    if (!part.startsWith("## ")) continue;
    const [heading, ...lines] = part.slice(3).trimEnd().split("\n");
    const start = lines.findIndex((line) => !line.startsWith("--"));
    const text = lines.slice(0, start).map((line) => line.replace(/^--\s?/, ""));
    const statement = lines.slice(start).join("\n").trim().replace(/;$/, "");
    recipes.push({ group, question: heading.trim(), text: text.join(" ").trim(), statement });
  }
  return recipes;
}

/** The recipes of each group, in their order. */
export function byGroup(recipes: readonly Recipe[]): [string, readonly Recipe[]][] {
  const groups = [...new Set(recipes.map(({ group }) => group))];
  return groups.map((group) => [group, recipes.filter((recipe) => recipe.group === group)]);
}
