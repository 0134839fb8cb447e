import { expect, test } from "vitest";
import { matrixDrawing } from "../../src/chart/matrix-picture.ts";

test("a matrix as a picture has every label and cell, and no markup of theirs", () => {
  const cell = (text: string) => ({ text, background: "#000000", color: "#ffffff" });
  const { text, width, height } = matrixDrawing({
    title: "confusion",
    labels: ["<cat>", "a very long name"],
    cells: [
      [cell("81"), cell("2")],
      [cell("3"), cell("94")],
    ],
    rowsName: "actual",
    columnsName: "predicted",
    background: "#ffffff",
    text: "#000000",
  });

  for (const part of ["confusion", "&#60;cat&#62;", "a very l…", "a very long n…", "81", "94"]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain("<cat>");
  expect([width, height]).toEqual([280, 152]);
});
