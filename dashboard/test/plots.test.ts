/** Pictures of every look a line can have. Run with `-u` to draw them anew, and look at them. */
import { expect, test } from "vitest";
import { type Picture, svgOf } from "../src/chart/picture.ts";

const files = import.meta.glob<{ default: Picture }>("./plots/*.ts", { eager: true });
const pictures = Object.entries(files).filter(([, file]) => file.default);

test.each(pictures)("%s is drawn as it was", async (path, file) => {
  await expect(svgOf(file.default)).toMatchFileSnapshot(path.replace(/\.ts$/, ".svg"));
});
