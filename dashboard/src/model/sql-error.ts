/** Where in a statement an error is, going by what it says. */

/** A stretch of the statement, as offsets; null where nothing says which. */
export function errorPlace(statement: string, message: string): readonly [number, number] | null {
  const said = /\bline (\d+),? col(?:umn)? (\d+)/i.exec(message);
  if (said) {
    const before = statement.split("\n").slice(0, Number(said[1]) - 1);
    const from = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(said[2]) - 1;
    if (from < statement.length) return [from, wordEnd(statement, from)];
  }
  for (const [, name] of message.matchAll(/[`'"“]([A-Za-z_][\w.]*)[`'"”]/g)) {
    const word = new RegExp(`(?<![\\w.])${name.replaceAll(".", "\\.")}(?![\\w.])`, "i");
    const at = statement.search(word);
    if (at >= 0) return [at, at + name.length];
  }
  return null;
}

function wordEnd(statement: string, from: number): number {
  const word = /^\w+/.exec(statement.slice(from));
  return from + (word ? word[0].length : 1);
}
