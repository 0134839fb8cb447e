/** The page's own styles, for a shadow root: what it says of the document's root is of the host. */

export function scoped(css: string): string {
  return css.replace(/:root((?::not\([^)]*\)|\[[^\]]*\])*)/g, (_, rest: string) =>
    rest ? `:host(${rest})` : ":host",
  );
}
