/**
 * A small graph drawn in layers: every edge leads downwards, and what lies between two layers is
 * put where edges cross least. After Sugiyama: the order in a layer is that of the mean places of
 * neighbours, and columns are as near to those of neighbours as the order lets them be.
 */

export type Edge = readonly [from: string, to: string];

/** A place in the drawing: which layer from the top, and how far right, both from 0. */
export interface Place {
  readonly layer: number;
  /** In widths of a node; not whole where that makes a line straighter. */
  readonly column: number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** Each edge with its places from the first to the last node, one a layer. */
  readonly edges: readonly { readonly edge: Edge; readonly path: readonly Place[] }[];
  readonly layerCount: number;
  readonly columnCount: number;
}

const SWEEPS = 8;

/** Edges from or to what is no node are left out, and so is one edge of every cycle. */
export function layered(nodes: readonly string[], edges: readonly Edge[]): Layout {
  const kept = acyclic(nodes, edges);
  const layerOf = longestPaths(nodes, kept);
  const { layers, chains } = cells(nodes, kept, layerOf);
  const ordered = withFewCrossings(layers, links(chains));
  const columns = columnsOf(ordered, links(chains));
  const placeOf = new Map(
    ordered.flatMap((layer, at) =>
      layer.map((cell) => [cell, { layer: at, column: columns.get(cell) ?? 0 }] as const),
    ),
  );
  const place = (cell: string) => placeOf.get(cell) ?? { layer: 0, column: 0 };
  return {
    places: new Map(nodes.map((node) => [node, place(nodeCell(node))])),
    edges: kept.map((edge, i) => ({ edge, path: chains[i].map(place) })),
    layerCount: ordered.length,
    columnCount: Math.max(
      0,
      ...[...columns].map(([cell, column]) => column + (1 + widthOf(cell)) / 2),
    ),
  };
}

/** The edges between nodes without those that lead back to where one came from. */
function acyclic(nodes: readonly string[], edges: readonly Edge[]): Edge[] {
  const known = new Set(nodes);
  const targets = new Map<string, Set<string>>(nodes.map((node) => [node, new Set()]));
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [from];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node === to) return true;
      if (seen.has(node)) continue;
      seen.add(node);
      open.push(...(targets.get(node) ?? []));
    }
    return false;
  };
  return edges.filter(([from, to]) => {
    if (!known.has(from) || !known.has(to) || targets.get(from)?.has(to)) return false;
    if (reaches(to, from)) return false;
    targets.get(from)?.add(to);
    return true;
  });
}

/** How many edges lead to each node at most. */
function longestPaths(nodes: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const layerOf = new Map(nodes.map((node) => [node, 0]));
  // Each round settles at least the next layer.
  for (let moved = true; moved; ) {
    moved = false;
    for (const [from, to] of edges) {
      const least = (layerOf.get(from) ?? 0) + 1;
      if ((layerOf.get(to) ?? 0) >= least) continue;
      layerOf.set(to, least);
      moved = true;
    }
  }
  return layerOf;
}

function nodeCell(node: string): string {
  return `node ${node}`;
}

/** Nodes and, where an edge passes through a layer, a cell that keeps room for it. */
function cells(
  nodes: readonly string[],
  edges: readonly Edge[],
  layerOf: ReadonlyMap<string, number>,
): { layers: string[][]; chains: string[][] } {
  const layerCount = nodes.length === 0 ? 0 : Math.max(...layerOf.values()) + 1;
  const layers = Array.from({ length: layerCount }, (): string[] => []);
  for (const node of nodes) layers[layerOf.get(node) ?? 0].push(nodeCell(node));
  const chains = edges.map(([from, to], i) => {
    const chain = [nodeCell(from)];
    const [first, last] = [layerOf.get(from) ?? 0, layerOf.get(to) ?? 0];
    for (let layer = first + 1; layer < last; layer++) {
      const cell = `edge ${i} ${layer}`;
      layers[layer].push(cell);
      chain.push(cell);
    }
    return [...chain, nodeCell(to)];
  });
  return { layers, chains };
}

interface Links {
  readonly above: ReadonlyMap<string, readonly string[]>;
  readonly below: ReadonlyMap<string, readonly string[]>;
}

function links(chains: readonly (readonly string[])[]): Links {
  const [above, below] = [new Map<string, string[]>(), new Map<string, string[]>()];
  const add = (to: Map<string, string[]>, cell: string, other: string) => {
    const others = to.get(cell);
    if (others) others.push(other);
    else to.set(cell, [other]);
  };
  for (const chain of chains) {
    for (let i = 1; i < chain.length; i++) {
      add(above, chain[i], chain[i - 1]);
      add(below, chain[i - 1], chain[i]);
    }
  }
  return { above, below };
}

function withFewCrossings(layers: readonly string[][], { above, below }: Links): string[][] {
  let current = layers.map((layer) => [...layer]);
  let best = current;
  let fewest = crossingCount(current, below);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    current = swept(current, isDown ? above : below, isDown);
    const count = crossingCount(current, below);
    if (count < fewest) [best, fewest] = [current, count];
  }
  return best;
}

/** Each layer in the order of where its neighbours in the layer before are, in the middle. */
function swept(
  layers: readonly string[][],
  neighbours: ReadonlyMap<string, readonly string[]>,
  isDown: boolean,
): string[][] {
  const next = layers.map((layer) => [...layer]);
  const numbers = [...next.keys()];
  if (!isDown) numbers.reverse();
  for (const number of numbers.slice(1)) {
    const fixed = new Map(next[number + (isDown ? -1 : 1)].map((cell, i) => [cell, i]));
    const wanted = new Map(
      next[number].map((cell, i) => {
        const at = (neighbours.get(cell) ?? []).map((other) => fixed.get(other) ?? 0);
        return [cell, at.length > 0 ? middle(at) : i];
      }),
    );
    next[number].sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
  }
  return next;
}

function middle(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

/** How many pairs of edges between neighbouring layers cross. */
function crossingCount(
  layers: readonly (readonly string[])[],
  below: ReadonlyMap<string, readonly string[]>,
): number {
  let count = 0;
  layers.slice(1).forEach((lower, i) => {
    const at = new Map(lower.map((cell, place) => [cell, place]));
    const ends = layers[i].flatMap((cell, from) =>
      (below.get(cell) ?? []).map((to) => [from, at.get(to) ?? 0] as const),
    );
    ends.forEach(([from, to], j) => {
      for (const [otherFrom, otherTo] of ends.slice(j + 1)) {
        if ((from - otherFrom) * (to - otherTo) < 0) count += 1;
      }
    });
  });
  return count;
}

/** Room for an edge that passes through a layer, in widths of a node. */
const PASSAGE = 0.2;
const ALIGNMENTS = 12;

function widthOf(cell: string): number {
  return cell.startsWith("edge") ? PASSAGE : 1;
}

/** Where the middle of each cell is, less half a node; what is leftmost begins at 0. */
function columnsOf(layers: readonly (readonly string[])[], { above, below }: Links) {
  const columns = new Map<string, number>();
  const gapsOf = layers.map((layer) =>
    layer.map((cell, i) => (i === 0 ? 0 : (widthOf(layer[i - 1]) + widthOf(cell)) / 2)),
  );
  layers.forEach((layer, at) => {
    let column = 0;
    layer.forEach((cell, i) => {
      column += gapsOf[at][i];
      columns.set(cell, column);
    });
  });
  for (let round = 0; round < ALIGNMENTS; round++) {
    const numbers = [...layers.keys()];
    if (round % 2 === 1) numbers.reverse();
    for (const at of numbers) {
      const wanted = layers[at].map((cell) => {
        const others = [...(above.get(cell) ?? []), ...(below.get(cell) ?? [])];
        const places = others.map((other) => columns.get(other) ?? 0);
        return places.length > 0 ? middle(places) : (columns.get(cell) ?? 0);
      });
      spaced(wanted, gapsOf[at]).forEach((column, i) => {
        columns.set(layers[at][i], column);
      });
    }
  }
  const leftmost = Math.min(
    ...[...columns].map(([cell, column]) => column + (1 - widthOf(cell)) / 2),
  );
  return new Map([...columns].map(([cell, column]) => [cell, column - leftmost]));
}

/**
 * The places nearest to those wanted, in squares, with at least `gaps[i]` before the place `i`: an
 * isotonic regression by pooling neighbours that would come too near.
 */
function spaced(wanted: readonly number[], gaps: readonly number[]): number[] {
  let sum = 0;
  const offsets = gaps.map((gap) => {
    sum += gap;
    return sum;
  });
  const pools: { mean: number; count: number }[] = [];
  wanted.forEach((place, i) => {
    let pool = { mean: place - offsets[i], count: 1 };
    for (let last = pools.at(-1); last && last.mean > pool.mean; last = pools.at(-1)) {
      const count = last.count + pool.count;
      pool = { mean: (last.mean * last.count + pool.mean * pool.count) / count, count };
      pools.pop();
    }
    pools.push(pool);
  });
  return pools
    .flatMap(({ mean, count }) => Array.from({ length: count }, () => mean))
    .map((mean, i) => mean + offsets[i]);
}
