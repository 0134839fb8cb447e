/** Names of metrics and files: their order and their groups. */

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Natural order: `layer2` before `layer10`, capitals beside small letters. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** What stands before the first slash (`train/loss` gives `train`); without one, the empty name. */
export function namePrefix(name: string): string {
  const at = name.indexOf("/");
  return at > 0 ? name.slice(0, at) : "";
}

export interface NameGroup<T> {
  readonly prefix: string;
  readonly items: readonly T[];
}

/** Items by prefix of their name, each group in natural order; those without a prefix first. */
export function groupByPrefix<T>(items: readonly T[], nameOf: (item: T) => string): NameGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => compareNames(nameOf(a), nameOf(b)))) {
    const prefix = namePrefix(nameOf(item));
    const group = groups.get(prefix);
    if (group) group.push(item);
    else groups.set(prefix, [item]);
  }
  return [...groups]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([prefix, members]) => ({ prefix, items: members }));
}

export interface TreeFolder<T> {
  readonly name: string;
  readonly path: string;
  readonly folders: TreeFolder<T>[];
  readonly files: { readonly name: string; readonly item: T }[];
}

/** Slash-separated paths as a tree, folders and files each in natural order. */
export function pathTree<T>(items: readonly T[], pathOf: (item: T) => string): TreeFolder<T> {
  const root: TreeFolder<T> = { name: "", path: "", folders: [], files: [] };
  const folders = new Map<string, TreeFolder<T>>([["", root]]);
  for (const item of [...items].sort((a, b) => compareNames(pathOf(a), pathOf(b)))) {
    const parts = pathOf(item).split("/");
    const name = parts.pop() ?? "";
    let parent = root;
    let path = "";
    for (const part of parts) {
      path += `${part}/`;
      let folder = folders.get(path);
      if (!folder) {
        folder = { name: part, path, folders: [], files: [] };
        folders.set(path, folder);
        parent.folders.push(folder);
      }
      parent = folder;
    }
    parent.files.push({ name, item });
  }
  return root;
}
