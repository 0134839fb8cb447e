import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byGroup, parseCookbook } from "../../src/model/cookbook.ts";
import { columnWidths, kindOf, type SqlAnswer, sortedRows } from "../../src/model/sql.ts";
import { chartOf, LINES_MAX, lineCount, proposedChart } from "../../src/model/sql-chart.ts";
import { completionsFor } from "../../src/model/sql-completion.ts";
import { errorPlace } from "../../src/model/sql-error.ts";
import { parseHistory, withPast } from "../../src/model/sql-history.ts";
import { boundValues, placeholdersOf, unboundNames } from "../../src/model/sql-parameters.ts";

function answer(types: readonly string[], rows: readonly (readonly unknown[])[]): SqlAnswer {
  const columns = types.map((one) => {
    const [name, type] = one.split(":");
    return { name, type };
  });
  return { columns, rows, rowCount: rows.length, elapsedMs: 1, rowsRead: 1, bytesRead: 1 };
}

describe("placeholders", () => {
  test("stand in order of appearance, each once", () => {
    const found = placeholdersOf("WHERE a = {b:String} AND c = {a:Nullable(Int64)} OR {b:String}");

    expect(found).toEqual([
      { name: "b", type: "String" },
      { name: "a", type: "Nullable(Int64)" },
    ]);
  });

  test.each([
    "'{a:String}'",
    '"{a:String}"',
    "-- {a:String}\n",
    "/* {a:String} */",
    "'it''s {a:Int8}'",
  ])("in %s are text", (text) => {
    expect(placeholdersOf(`SELECT ${text} `)).toEqual([]);
  });

  test("what was typed for another statement is not sent", () => {
    expect(boundValues("SELECT {a:String}", { a: "1", b: "2" })).toEqual({ a: "1" });
  });

  test("nothing typed is no value, an emptied text is one, an emptied number is none", () => {
    const statement = "SELECT {a:String}, {b:Int64}, {c:String}";

    expect(unboundNames(statement, { a: "", b: "" })).toEqual(["b", "c"]);
  });
});

describe("kinds", () => {
  test.each([
    ["Nullable(Float64)", "number"],
    ["LowCardinality(Nullable(String))", "text"],
    ["DateTime64(6, 'UTC')", "time"],
    ["Array(Float64)", "text"],
    ["UInt8", "number"],
  ])("%s is %s", (type, kind) => {
    expect(kindOf(type)).toBe(kind);
  });
});

describe("order", () => {
  const mixed = answer(["v:Nullable(Float64)"], [[10], [null], [9], ["NaN"], ["-Infinity"]]);

  test.each([
    [false, ["-Infinity", 9, 10, "NaN", null]],
    [true, [10, 9, "-Infinity", "NaN", null]],
  ])("puts what is missing last (descending: %s)", (isDescending, want) => {
    expect(sortedRows(mixed, { column: 0, isDescending }).map(([v]) => v)).toEqual(want);
  });

  test("keeps every row", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer())), fc.boolean(), (values, isDescending) => {
        const rows = values.map((value) => [value]);
        const sorted = sortedRows(answer(["v:Int64"], rows), { column: 0, isDescending });
        expect(new Set(sorted)).toEqual(new Set(rows));
        expect(sorted).toHaveLength(rows.length);
      }),
    );
  });
});

test("a column is as wide as its text, within bounds", () => {
  const { columns } = answer(["a:String", "b:String"], []);

  const widths = columnWidths(columns, [["x".repeat(20), "y".repeat(900)]], String);

  expect(widths[0]).toBeGreaterThan(20 * 7);
  expect(widths[1]).toBe(360);
});

describe("charts", () => {
  const long = answer(
    ["name:String", "step:Int64", "value:Float64"],
    [
      ["b", 1, 5],
      ["b", 0, 4],
      ["a", 0, "NaN"],
      ["a", 1, 2],
    ],
  );

  test("a line a name where steps repeat", () => {
    const choice = proposedChart(long);

    expect(choice).toEqual({ x: 1, y: [2], by: 0 });
    const chart = choice && chartOf(long, choice);
    const lines = chart?.kind === "lines" ? chart.lines : [];
    expect(lines.map(({ name, series }) => [name, [...series.x], [...series.value]])).toEqual([
      ["a", [0, 1], [Number.NaN, 2]],
      ["b", [0, 1], [4, 5]],
    ]);
  });

  test("times are instants in UTC", () => {
    const one = answer(["at:DateTime64(6)", "v:Int64"], [["2026-11-29T00:00:01.5Z", 7]]);

    const chart = chartOf(one, { x: 0, y: [1], by: null });

    expect(chart.kind === "lines" && chart.axis).toBe("time");
    expect(chart.kind === "lines" && chart.lines[0].series.x[0]).toBe(
      Date.UTC(2026, 10, 29, 0, 0, 1, 500) * 1000,
    );
  });

  test("a text and a number are bars, in the order of the answer", () => {
    const hosts = answer(
      ["host:String", "hours:Float64"],
      [
        ["b", 2],
        [null, 1],
      ],
    );
    const choice = proposedChart(hosts);

    expect(choice && chartOf(hosts, choice)).toEqual({
      kind: "bars",
      bars: [
        { text: "b", value: 2 },
        { text: "–", value: 1 },
      ],
    });
  });

  test("texts alone are not drawn", () => {
    expect(proposedChart(answer(["a:String"], [["x"]]))).toBeNull();
  });

  test("more lines than can be told apart are counted and not drawn", () => {
    const rows = Array.from({ length: 40 }, (_, i) => [`n${i}`, 0, i]);
    const many = answer(["name:String", "step:Int64", "value:Float64"], rows);
    const choice = { x: 1, y: [2], by: 0 };

    const chart = chartOf(many, choice);

    expect(chart.kind === "lines" && chart.lines.length).toBe(LINES_MAX);
    expect(lineCount(many, choice)).toBe(40);
  });
});

describe("completion", () => {
  const tables = [
    { name: "runs", description: "", columns: [{ name: "host", type: "String", description: "" }] },
    {
      name: "tags",
      description: "",
      columns: [{ name: "value", type: "String", description: "" }],
    },
  ];
  const labels = (statement: string, qualifier = "") =>
    completionsFor(tables, statement, qualifier).map(({ label }) => label);

  test("columns are those of the tables that the statement names", () => {
    expect(labels("SELECT  FROM runs")).toContain("host");
    expect(labels("SELECT  FROM runs")).not.toContain("value");
  });

  test("a name that the statement gives a table has its columns alone", () => {
    expect(labels("SELECT t. FROM runs AS r JOIN tags t ON 1", "t")).toEqual(["value"]);
  });

  test("tables and functions are always there", () => {
    expect(labels("")).toEqual(expect.arrayContaining(["runs", "tags", "quantile"]));
  });
});

describe("the place of an error", () => {
  test.each([
    ["SELECT nam FROM runs", "unknown column `nam`: did you mean `name`", [7, 10]],
    ["SELECT 1\nFORM x", "syntax error at line 2, col 1", [9, 13]],
    ["SELECT r.x FROM runs r", "unknown `r.x`", [7, 10]],
    ["SELECT names FROM runs", "unknown `name`", null],
    ["SELECT 1", "the store is away", null],
  ])("in %j of %j is %j", (statement, message, place) => {
    expect(errorPlace(statement, message)).toEqual(place);
  });
});

describe("history", () => {
  const past = (statement: string, ranMs = 0) => ({ statement, parameters: {}, ranMs });

  test("has a statement once, where it was run last", () => {
    const kept = [past("a"), past("b"), past("a", 9)].reduce(withPast, []);

    expect(kept).toEqual([past("a", 9), past("b")]);
  });

  test("comes back as it was stored", () => {
    expect(parseHistory(JSON.stringify([past("a", 3)]))).toEqual([past("a", 3)]);
  });

  test.each(["nonsense", "{}", '[{"statement":1}]', '[{"statement":"a","ranMs":1}]', "[null]"])(
    "%s is none",
    (text) => {
      expect(parseHistory(text)).toEqual([]);
    },
  );
});

describe("the cookbook", () => {
  const recipes = parseCookbook(
    readFileSync(new URL("../../src/state/cookbook.sql", import.meta.url), "utf8"),
  );

  test("has twenty questions or more, none twice, each with its words and one statement", () => {
    expect(recipes.length).toBeGreaterThanOrEqual(20);
    expect(new Set(recipes.map(({ question }) => question)).size).toBe(recipes.length);
    for (const { question, text, statement, group } of recipes) {
      expect(question).toMatch(/\?$/);
      expect([text, group]).not.toContain("");
      expect(statement).toMatch(/^(?:SELECT|WITH)\b[^;]*[^;\s]$/);
    }
  });

  test("names only types that the page can ask for", () => {
    const types = recipes.flatMap(({ statement }) => placeholdersOf(statement)).map((p) => p.type);

    expect(new Set(types)).toEqual(new Set(["String"]));
  });

  test("is in groups, in the order of the file", () => {
    expect(byGroup(recipes).flatMap(([, some]) => some)).toEqual(recipes);
  });
});
