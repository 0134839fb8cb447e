/** Lists of what was chosen. */

/** `chosen` with `one` taken out if it was in, else put at the end. */
export function toggled(chosen: readonly string[], one: string): string[] {
  return chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
}
