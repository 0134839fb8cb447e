/** Five seeds as a mean and a range; one ended early, and from there on the mean is dashed. */
import { groupBand } from "../../src/model/bands.ts";
import { curveOf, picture, wiggle } from "./data.ts";

const seeds = [0, 1, 2, 3, 4].map((seed) =>
  curveOf(seed === 2 ? 120 : 200, (step) => {
    return Math.exp(-step / 60) + 0.08 * seed + 0.05 * wiggle(step + 1000 * seed);
  }),
);

export default picture("group", { "5 seeds": groupBand(seeds, "range") });
