/** Both axes by their logarithms: a power law is straight. */
import { bucketsOfPoints } from "../../src/model/series.ts";
import { atSteps, curveOf, picture, wiggle } from "./data.ts";

const law = (step: number) => 20 * (step + 1) ** -0.7 * (1 + 0.2 * wiggle(step));
const rare = Array.from({ length: 54 }, (_, i) => Math.round(1.2 ** i));

export default picture(
  "log axes",
  {
    "buckets of 64": bucketsOfPoints(curveOf(20_000, law), 64),
    "rarer and rarer": atSteps(rare, law),
  },
  { logX: true, logY: true },
);
