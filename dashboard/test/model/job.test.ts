import { describe, expect, test } from "vitest";
import { attemptCount, commandText, requirementsOf } from "../../src/model/job.ts";

describe("a command as one would type it", () => {
  test.each([
    [["python", "train.py", "--lr", "0.1"], "python train.py --lr 0.1"],
    [["python", "a b.py"], "python 'a b.py'"],
    [["echo", "it's", ""], "echo 'it'\\''s' ''"],
    [["sh", "-c", "a && b"], "sh -c 'a && b'"],
  ])("%j is %s", (words, want) => {
    expect(commandText(words)).toBe(want);
  });
});

describe("how often a run was begun", () => {
  const attempts = (...words: string[]) =>
    attemptCount(
      words.map((word) => ({ status: word.replace("!", ""), accepted: !word.endsWith("!") })),
    );

  test("a run that waits was never begun", () => {
    expect(attempts("Queued")).toBe(0);
  });

  test("two queues that want the same run begin it once", () => {
    expect(attempts("Queued", "Preparing", "Preparing", "Starting", "Running")).toBe(1);
  });

  test("a run that was put back is begun anew", () => {
    expect(attempts("Queued", "Preparing", "Running", "Queued", "Preparing")).toBe(2);
  });

  test("what did not count is no attempt", () => {
    expect(attempts("Queued", "Canceled", "Preparing!")).toBe(0);
  });
});

describe("the packages of an environment", () => {
  test("pip's lines and conda's list, with the pip list inside it", () => {
    const conda = { dependencies: ["python=3.11", { pip: ["numpy>=2"] }, null, 7] };

    expect(requirementsOf({ kind: "conda", requirements: ["orjson"], conda })).toEqual([
      "orjson",
      "python=3.11",
      "numpy>=2",
    ]);
  });

  test("an environment that says nothing has none", () => {
    expect(requirementsOf({ kind: "current" })).toEqual([]);
  });
});
