/** A run that was away, and values that no line can show. */
import { atSteps, picture, wiggle } from "./data.ts";

const steps = Array.from({ length: 200 }, (_, step) => step).filter((s) => s < 60 || s > 100);
const odd: Readonly<Record<number, number>> = {
  30: Number.NaN,
  130: Number.POSITIVE_INFINITY,
  160: Number.NEGATIVE_INFINITY,
};
const curve = atSteps(steps, (step) => odd[step] ?? Math.sin(step / 30) + 0.1 * wiggle(step));

export default picture("gaps and marks", { "calm-reef": curve });
