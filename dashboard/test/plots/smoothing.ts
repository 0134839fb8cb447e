/** The raw line stays, faintly, behind the smoothed one. */
import { curveOf, picture, wiggle } from "./data.ts";

const curve = curveOf(400, (step) => Math.exp(-step / 120) + 0.2 * wiggle(step));

export default picture("smoothing", { "calm-reef": curve }, { smoothing: 0.95 });
