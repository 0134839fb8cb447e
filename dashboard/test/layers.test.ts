import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SOURCE = new URL("../src/", import.meta.url);

/** What each folder may import besides itself; `strings.ts` is of the views and the frame. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ["base"],
  api: ["base", "model"],
  state: ["base", "model", "api"],
  chart: ["base", "model"],
  views: ["base", "model", "state", "chart", "strings.ts"],
};

const files = Object.keys(MAY_IMPORT).flatMap((folder) =>
  readdirSync(new URL(folder, SOURCE)).map((name) => [folder, `${folder}/${name}`] as const),
);

test.each(files)("%s: %s imports downwards only", (folder, path) => {
  const text = readFileSync(new URL(path, SOURCE), "utf8");
  const imported = [...text.matchAll(/from "\.\.\/([^/"]+)/g)].map((match) => match[1]);

  expect(imported.filter((name) => !MAY_IMPORT[folder].includes(name))).toEqual([]);
});

test.each(files)("%s: %s is under 400 lines", (_, path) => {
  const lines = readFileSync(new URL(path, SOURCE), "utf8").split("\n").length;

  expect(lines).toBeLessThan(400);
});
