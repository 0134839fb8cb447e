import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inFrame, notInFrame } from "../../src/chart/frames.ts";

let frames: (() => Promise<void>)[] = [];
let nowMs = 0;
const done: string[] = [];

/** Play one frame of the browser. */
async function frame(): Promise<void> {
  const due = frames;
  frames = [];
  for (const one of due) await one();
}

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (run: () => Promise<void>) => frames.push(run));
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  done.length = 0;
});

afterEach(async () => {
  while (frames.length > 0) await frame();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a task is done once in a frame, however often it was asked for", async () => {
  const task = () => done.push("a");
  inFrame(task);
  inFrame(task);

  expect(done).toEqual([]);
  await frame();
  expect(done).toEqual(["a"]);
  expect(frames).toEqual([]);
});

test("what a frame has no time for is done in the next", async () => {
  for (const name of ["a", "b", "c"]) {
    inFrame(() => {
      done.push(name);
      nowMs += 5;
    });
  }

  await frame();
  expect(done).toEqual(["a", "b"]);
  await frame();
  expect(done).toEqual(["a", "b", "c"]);
});

test("what is no longer wanted is not done", async () => {
  const task = () => done.push("a");
  inFrame(task);
  notInFrame(task);

  await frame();

  expect(done).toEqual([]);
});
