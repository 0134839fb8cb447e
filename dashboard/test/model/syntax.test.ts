import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contrastRatio } from "../../src/base/color.ts";
import { loadLanguage } from "../../src/model/languages.ts";
import {
  type Language,
  LINE_LENGTH_MAX,
  languageOf,
  lineStarts,
  spansOf,
  TEXT_LENGTH_MAX,
} from "../../src/model/syntax.ts";

const LANGUAGES: readonly Language[] = ["json", "markdown", "python", "shell", "toml", "yaml"];

/** What has a kind, as `kind text`, in order. */
async function marked(language: Language, text: string): Promise<string> {
  const marks = (await loadLanguage(language))(text);
  const spans = spansOf(text, marks).filter((span) => span.kind !== null);
  return spans.map((span) => `${span.kind} ${span.text}`).join("|");
}

describe("the parts of a text are told apart in", () => {
  const cases: Readonly<Record<Language, readonly [text: string, want: string]>> = {
    json: [
      '{"a": [-2.5e3, "b\\n", true, null]}\n{"next": 2}',
      'key "a"|number -2.5e3|string "b\\n"|number true|number null|key "next"|number 2',
    ],
    markdown: [
      "# Title\n\n*a* **b** `c` [d](http://e)\n",
      "mark #|name  Title|mark *|emphasis a|mark *|mark **|strong b|mark **|mark `|string c|" +
        "mark `|mark [|link d|mark ](|link http://e|mark )",
    ],
    python: [
      '@cache\nclass Net(Base):\n    async def step(self, *x, n=1e-3):\n        return f"{x!r} a"  # b\n',
      "mark @|keyword class|name Net|keyword async|keyword def|name step|number 1e-3|" +
        'keyword return|string f"|string  a"|comment # b',
    ],
    shell: [
      '#!/bin/sh\nX=3  # b\nif true; then echo "a $X"; fi\n',
      "mark #!/bin/sh|key X|number 3|comment # b|keyword if|number true|keyword then|" +
        'string "a |key $X|string "|keyword fi',
    ],
    toml: [
      '[tool.x]\nlr = 1e-3\nn = 3_000\nday = 2026-01-02\nto = [true, "a"]\nt = """b\nc""" # d\n',
      "name [tool.x]|key lr|number 1e-3|key n|number 3_000|key day|number 2026-01-02|key to|" +
        'number true|string "a"|key t|string """b\nc"""|comment # d',
    ],
    yaml: [
      'lr: 1e-3\nname: "sgd"\nplain: some 3 words\nopt: &o {on: true, none: ~} # b\n',
      'key lr|number 1e-3|key name|string "sgd"|key plain|key opt|mark &o|key on|number true|' +
        "key none|number ~|comment # b",
    ],
  };

  test.each(LANGUAGES)("%s", async (language) => {
    const [text, want] = cases[language];

    expect(await marked(language, text)).toBe(want);
  });
});

/** Pieces that parsers care about, in any order and unfinished, among characters of all planes. */
const pieces = fc.oneof(
  fc.constantFrom("\n", "\r\n", "  ", "\t", '"', '"""', "'", "`", "#", "[", "{", "(", "]", ":"),
  fc.constantFrom(
    "- ",
    "def ",
    "class A",
    "f'{",
    "<<E\n",
    "$",
    "\\",
    "*",
    "```\n",
    "= ",
    "1e-",
    "|",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const anyText = fc.array(pieces, { maxLength: 60 }).map((some) => some.join(""));

test.each(LANGUAGES)("%s: the spans of any text are the text, line by line", async (language) => {
  const marksOf = await loadLanguage(language);
  fc.assert(
    fc.property(anyText, (text) => {
      const marks = marksOf(text);
      const starts = lineStarts(text);
      const lines = starts.map((from, i) => spansOf(text, marks, from, starts[i + 1]));
      const joined = lines.map((spans) => spans.map((span) => span.text).join(""));
      expect(joined.map((line) => line.replace("\n", ""))).toEqual(text.split("\n"));
    }),
  );
});

test("any part of a text has the kinds that it has in the whole", async () => {
  const marksOf = await loadLanguage("python");
  const kinds = (spans: ReturnType<typeof spansOf>) =>
    spans.flatMap(({ text, kind }) => [...text].map((letter) => `${kind} ${letter}`));
  const text = 'def f(x):\n    return "a" + 1  # b\n';
  const marks = marksOf(text);
  const whole = kinds(spansOf(text, marks));
  const offset = fc.nat({ max: text.length });
  fc.assert(
    fc.property(offset, offset, (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      expect(kinds(spansOf(text, marks, from, to))).toEqual(whole.slice(from, to));
    }),
  );
});

test("lines start where the one before ends", () => {
  expect(lineStarts("a\n\nb\n")).toEqual([0, 2, 3, 5]);
  expect(lineStarts("")).toEqual([0]);
});

describe("the language of a file", () => {
  test.each([
    ["src/train.py", "python"],
    ["CONFIG.YML", "yaml"],
    ["run.sh", "shell"],
    ["uv.lock", "toml"],
    ["notebook.ipynb", "json"],
    ["README.md", "markdown"],
    ["train.py.log", null],
    ["happy", null],
  ])("%s: %s", (path, want) => {
    expect(languageOf(path, "a\n")).toBe(want);
  });

  test("is none where the text or one of its lines is too long to be parsed", () => {
    const line = `${"x".repeat(LINE_LENGTH_MAX)}\n`;
    const text = line.repeat(TEXT_LENGTH_MAX / line.length);

    expect(languageOf("a.py", text)).toBe("python");
    expect(languageOf("a.py", `${text}${line}`)).toBeNull();
    expect(languageOf("a.py", `a\nx${line}`)).toBeNull();
    expect(languageOf("a.py", `a\nx${line.trim()}`)).toBeNull();
  });
});

describe("the colours are readable", () => {
  const read = (name: string) =>
    readFileSync(new URL(`../../src/style/${name}.css`, import.meta.url), "utf8");
  /** The values of a theme's variables; the rules of the dark one come after those of the light. */
  const values = (theme: "light" | "dark") => {
    const found = new Map<string, string>();
    for (const rule of `${read("tokens")}${read("compare")}`.split("}")) {
      const isDark = rule.includes('[data-theme="dark"]');
      if (!rule.includes(":root {") && !(theme === "dark" && isDark)) continue;
      for (const [, name, value] of rule.matchAll(/--([\w-]+): (.+);/g)) found.set(name, value);
    }
    return found;
  };

  test.each(["light", "dark"] as const)("in the %s theme, on every ground of code", (theme) => {
    const found = values(theme);
    const colorOf = (name: string): string => {
      const value = found.get(name) ?? "";
      const alias = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
      return alias ? colorOf(alias) : value;
    };
    const inks = [...found.keys()].filter((name) => name.startsWith("syntax-"));
    const ratios = inks.flatMap((ink) =>
      ["surface", "diff-added", "diff-removed"].map((ground) =>
        contrastRatio(colorOf(ink), colorOf(ground)),
      ),
    );

    expect(ratios.length).toBeGreaterThan(0);
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5);
  });
});
