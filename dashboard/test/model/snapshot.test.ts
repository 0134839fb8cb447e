import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBinary, mediaTypeOf } from "../../src/model/preview.ts";
import { codeDifference, type SnapshotFile } from "../../src/model/snapshot.ts";

function file(path: string, sha256: string): SnapshotFile {
  return { path, sha256, sizeBytes: 1 };
}

const files = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c/d", "c/e"), fc.constantFrom("1", "2")), {
    selector: ([path]) => path,
  })
  .map((pairs) => pairs.map(([path, sha]) => file(path, sha)));

describe("what differs in the code of two runs", () => {
  test("files are added, removed and changed, and the rest is counted", () => {
    const left = [file("b10.py", "1"), file("b9.py", "1"), file("old.py", "1"), file("x", "1")];
    const right = [file("b10.py", "2"), file("b9.py", "2"), file("new.py", "1"), file("x", "1")];

    const { changes, equalCount } = codeDifference(left, right);

    expect(changes.map(({ kind, path }) => [kind, path])).toEqual([
      ["changed", "b9.py"],
      ["changed", "b10.py"],
      ["added", "new.py"],
      ["removed", "old.py"],
    ]);
    expect(equalCount).toBe(1);
  });

  test("the way back is the same with added and removed swapped", () => {
    const swap = { added: "removed", removed: "added", changed: "changed" } as const;
    fc.assert(
      fc.property(files, files, (left, right) => {
        const there = codeDifference(left, right);
        const back = codeDifference(right, left);

        expect(back.equalCount).toBe(there.equalCount);
        expect(back.changes.map(({ kind, path }) => [swap[kind], path])).toEqual(
          there.changes.map(({ kind, path }) => [kind, path]),
        );
      }),
    );
  });

  test("a snapshot does not differ from itself", () => {
    fc.assert(fc.property(files, (all) => codeDifference(all, all).changes.length === 0));
  });
});

describe("a file of code", () => {
  test.each([
    ["a/logo.PNG", "image/png"],
    ["photo.jpg", "image/jpeg"],
    ["kernel.cu", "text/plain"],
    ["Justfile", "text/plain"],
  ])("%s is taken for %s", (path, want) => {
    expect(mediaTypeOf(path)).toBe(want);
  });

  test("bytes are no text", () => {
    expect(isBinary("PK\u0003\0")).toBe(true);
    expect(isBinary("größe\n\t")).toBe(false);
  });
});
