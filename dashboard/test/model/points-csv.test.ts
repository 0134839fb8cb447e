import { expect, test } from "vitest";
import { csvHeader, csvRows } from "../../src/model/points-csv.ts";
import { pointSeries } from "../../src/model/series.ts";

const points = pointSeries({
  x: Float64Array.of(0.5, 1),
  step: Float64Array.of(1, 2),
  tsUs: Float64Array.of(1_795_000_000_123_456, 0),
  value: Float64Array.of(0.1 + 0.2, Number.NaN),
});

test("a row says run, metric, step, time to the microsecond, x and every digit", () => {
  const text = csvRows({ runId: "r", run: "calm-reef", metric: "loss", points }, true);

  expect(csvHeader("epoch")).toBe("run_id,run,metric,step,time,epoch,value\r\n");
  expect(text).toBe(
    "r,calm-reef,loss,1,2026-11-18T11:06:40.123456Z,0.5,0.30000000000000004\r\n" +
      "r,calm-reef,loss,2,,1,NaN\r\n",
  );
});

test("without a metric as x, step and time are x enough", () => {
  expect(csvHeader(null)).toBe("run_id,run,metric,step,time,value\r\n");
});

test.each([
  ['a "b", c', '"a ""b"", c"'],
  ["=1+2", "'=1+2"],
])("the name %s is written as %s", (name, want) => {
  const text = csvRows({ runId: "r", run: name, metric: "m", points }, false);

  expect(text.startsWith(`r,${want},m,`)).toBe(true);
});
