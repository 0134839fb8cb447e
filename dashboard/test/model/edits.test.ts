import fc from "fast-check";
import { expect, test } from "vitest";
import { changeOf, inverseOf, parseTag, type RunEdit, shownTags } from "../../src/model/edits.ts";
import { mergeRun } from "../../src/model/live.ts";
import { COLOR_TAG, colorIndex, type Run } from "../../src/model/run.ts";

const key = fc.constantFrom("a", "b", "c", COLOR_TAG);
const run = fc
  .record({
    name: fc.string(),
    description: fc.option(fc.string({ minLength: 1 })),
    archived: fc.boolean(),
    tags: fc.dictionary(key, fc.string()),
    properties: fc.dictionary(key, fc.string()),
    status: fc.constantFrom("Running", "Completed"),
  })
  .map((fields) => fields as unknown as Run);
const edit: fc.Arbitrary<RunEdit> = fc.record(
  {
    name: fc.string({ minLength: 1 }),
    description: fc.string(),
    archived: fc.boolean(),
    tags: fc.dictionary(key, fc.option(fc.string())),
  },
  { requiredKeys: [] },
);

test("an edit that is taken back leaves the run as it was", () => {
  fc.assert(
    fc.property(run, edit, (before, change) => {
      const edited = mergeRun(before, changeOf(change));
      expect(mergeRun(edited, changeOf(inverseOf(before, change)))).toEqual(before);
    }),
  );
});

test("an edit that is shown at once and told again by the stream is one edit", () => {
  fc.assert(
    fc.property(run, edit, (before, change) => {
      const once = mergeRun(before, changeOf(change));
      expect(mergeRun(once, changeOf(change))).toEqual(once);
    }),
  );
});

test("an edit changes what it names, and tags one by one", () => {
  const before = { name: "a", archived: false, tags: { keep: "1", gone: "2" } } as unknown as Run;

  const after = mergeRun(before, changeOf({ name: "b", tags: { gone: null, new: "" } }));

  expect(after).toEqual({ name: "b", archived: false, tags: { keep: "1", new: "" } });
});

test("an empty description is none", () => {
  expect(changeOf({ description: "" })).toEqual({ description: null });
});

test.each([
  ["team: a", ["team", "a"]],
  ["team=a=b", ["team", "a=b"]],
  [" url : http://x ", ["url", "http://x"]],
  ["draft", ["draft", ""]],
  ["", null],
  [": a", null],
  ["runtide.color: 3", null],
  ["x".repeat(1025), null],
] as const)("%s as a tag", (text, want) => {
  expect(parseTag(text)).toEqual(want);
});

test("tags come by name, without Runtide's own", () => {
  expect(shownTags({ b: null, a: "1", [COLOR_TAG]: "3" })).toEqual([
    ["a", "1"],
    ["b", ""],
  ]);
});

test.each([
  [{}, 1],
  [{ [COLOR_TAG]: "1" }, 0],
  [{ [COLOR_TAG]: "10" }, 9],
  [{ [COLOR_TAG]: "11" }, 1],
  [{ [COLOR_TAG]: "1.5" }, 1],
  [{ [COLOR_TAG]: null }, 1],
  [{ [COLOR_TAG]: "blue" }, 1],
])("a run with the tags %o has colour %d", (tags, want) => {
  expect(colorIndex({ runId: "r", number: 2, tags })).toBe(want);
});
