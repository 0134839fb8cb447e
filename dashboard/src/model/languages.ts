/** The parsers, each in a file of its own that comes when it is first asked for. */
import { type StreamParser, StringStream } from "@codemirror/streamparser";
import type { Parser } from "@lezer/common";
import { highlightTree, tagHighlighter, tags } from "@lezer/highlight";
import { MarkList } from "./mark-list.ts";
import type { Language, Marks, SyntaxKind } from "./syntax.ts";
import { tomlMarks } from "./toml.ts";

export async function loadLanguage(language: Language): Promise<(text: string) => Marks> {
  switch (language) {
    case "json":
      return treeMarks((await import("@lezer/json")).parser);
    case "markdown":
      return treeMarks((await import("@lezer/markdown")).parser);
    case "python":
      return treeMarks((await import("@lezer/python")).parser);
    case "yaml":
      return treeMarks((await import("@lezer/yaml")).parser);
    case "shell":
      return streamMarks((await import("@codemirror/legacy-modes/mode/shell")).shell);
    case "toml":
      return tomlMarks;
  }
}

/** A plain value of YAML: what it is, only its text says. */
const SCALAR = "scalar";
const SCALAR_NUMBER =
  /^(?:[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?\.inf|\.nan|true|false|null|~)$/i;

const HIGHLIGHTERS = [
  tagHighlighter([
    { tag: tags.comment, class: "comment" },
    { tag: tags.quote, class: "comment" },
    { tag: tags.emphasis, class: "emphasis" },
    { tag: tags.keyword, class: "keyword" },
    { tag: [tags.link, tags.url], class: "link" },
    { tag: [tags.meta, tags.contentSeparator, tags.labelName], class: "mark" },
    { tag: tags.function(tags.definition(tags.variableName)), class: "name" },
    { tag: tags.definition(tags.className), class: "name" },
    { tag: tags.heading, class: "name" },
    { tag: [tags.number, tags.bool, tags.null], class: "number" },
    { tag: [tags.string, tags.monospace, tags.character], class: "string" },
    { tag: tags.strong, class: "strong" },
  ]),
  tagHighlighter(
    [
      { tag: tags.propertyName, class: "key" },
      { tag: tags.content, class: SCALAR },
    ],
    { scope: (top) => top.name === "JsonText" || top.name === "Stream" },
  ),
];

function treeMarks(parser: Parser): (text: string) => Marks {
  return (text) => {
    const marks = new MarkList();
    highlightTree(parser.parse(text), HIGHLIGHTERS, (from, to, classes) => {
      const kind = kindOf(classes, text.slice(from, to));
      if (kind) marks.put(from, to, kind);
    });
    return marks.done();
  };
}

function kindOf(classes: string, text: string): SyntaxKind | null {
  // What is innermost is named last.
  const kind = classes.slice(classes.lastIndexOf(" ") + 1);
  if (kind === SCALAR) return SCALAR_NUMBER.test(text) ? "number" : null;
  // The stars of Python's arguments, and what formats a value in its strings, count as keywords.
  if (kind === "keyword" && !/^[a-z]/i.test(text)) return null;
  return kind as SyntaxKind;
}

/** The names that line parsers give, without what follows a dot. */
const STREAM_KINDS: Readonly<Record<string, SyntaxKind>> = {
  atom: "number",
  comment: "comment",
  def: "key",
  keyword: "keyword",
  meta: "mark",
  number: "number",
  quote: "string",
  string: "string",
};

const TAB_COLUMNS = 4;
/** A parser may change its state without taking a character, but not for ever. */
const STANDSTILLS_MAX = 10;

function streamMarks<State>(parser: StreamParser<State>): (text: string) => Marks {
  return (text) => {
    const marks = new MarkList();
    const state = parser.startState?.(TAB_COLUMNS) as State;
    let offset = 0;
    for (const line of text.split("\n")) {
      const stream = new StringStream(line, TAB_COLUMNS, TAB_COLUMNS);
      for (let standstills = 0; !stream.eol(); ) {
        stream.start = stream.pos;
        const name = parser.token(stream, state)?.split(/[ .]/)[0] ?? "";
        if (stream.pos === stream.start && ++standstills < STANDSTILLS_MAX) continue;
        if (stream.pos === stream.start) stream.next();
        standstills = 0;
        const kind = STREAM_KINDS[name];
        if (kind) marks.put(offset + stream.start, offset + stream.pos, kind);
      }
      offset += line.length + 1;
    }
    return marks.done();
  };
}
