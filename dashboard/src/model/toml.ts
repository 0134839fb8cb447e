/** The syntax of TOML. The parser of CodeMirror 5 never comes back from a string with a `\r` in it. */
import { MarkList } from "./mark-list.ts";
import type { Marks, SyntaxKind } from "./syntax.ts";

/** What a match of each group below is. A string without an end goes on to that of its line or text. */
const KINDS: readonly SyntaxKind[] = ["comment", "name", "key", "string", "number"];

const COMMENT = /#.*/;
const HEADING = /^[ \t]*\[\[?[\w\t ."'-]+\]\]?(?=[ \t\r]*(?:#|$))/;
/** Nothing but a key stands before an equals sign. */
const KEY = /(?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?=[ \t]*=)|[\w-]+(?=(?:\.[\w-]+)+[ \t]*=)/;
const STRING =
  /"""[\s\S]*?(?:"""|(?![\s\S]))|'''[\s\S]*?(?:'''|(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?/;
const NUMBER = /[-+]?\b(?:\d[\w.:+-]*|true|false|inf|nan)\b/;

const TOKEN = new RegExp(
  [COMMENT, HEADING, KEY, STRING, NUMBER].map(({ source }) => `(${source})`).join("|"),
  "gm",
);

export function tomlMarks(text: string): Marks {
  const marks = new MarkList();
  for (const { index, ...groups } of text.matchAll(TOKEN)) {
    const kind = KINDS.find((_, i) => groups[i + 1] !== undefined);
    if (kind) marks.put(index, index + groups[0].length, kind);
  }
  return marks.done();
}
