/** Where a sweep keeps what it drew for a child. */

/** The key of the child's config. */
export const SWEEP_PARAMETERS = "runtide.sweep.parameters";

/** What a key of a config is called: where the parameters of a sweep are goes without saying. */
export function parameterName(key: string): string {
  const prefix = `${SWEEP_PARAMETERS}.`;
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}
