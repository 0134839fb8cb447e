/** One point in a hundred thousand: the band keeps it, whatever the line does. */
import { bucketsOfPoints } from "../../src/model/series.ts";
import { curveOf, picture, wiggle } from "./data.ts";

const points = curveOf(100_000, (step) => (step === 61_234 ? 9 : wiggle(step)));

export default picture("spike", { "swift-kelp": bucketsOfPoints(points, 512) });
