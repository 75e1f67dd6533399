import type { ElkNode, LayoutOptions } from 'elkjs';
import type { Diagram, Shape } from './diagram.js';
import { type Outline, outlineOf } from './outline.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point, Outline {}

/** A wire from the result of one node to an operand of another, along horizontal and vertical lines. */
export interface Wire {
  readonly from: number;
  readonly points: readonly Point[];
  /** Where it parts from other wires of the same result. */
  readonly junctions: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly wires: readonly Wire[];
}

const OPTIONS: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  // One drawing, with its first and its last column, also where nothing connects its parts.
  'elk.separateConnectedComponents': 'false',
  'elk.padding': '[top=10,left=10,bottom=10,right=10]',
  'elk.spacing.nodeNode': '12',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '8',
  'elk.layered.spacing.nodeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeNodeBetweenLayers': '8',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '6.5',
};

/** A layout starts from a random order, and some turn out better than others. */
const OTHER_SEEDS = [2, 3];
/** A diagram of more nodes is laid out once. */
const MOST_NODES_TO_TRY = 60;
/** What has more takes minutes to lay out, and nobody could read it. */
export const MOST_NODES = 200;

/**
 * Places for a diagram, from the states before the step at the left to those after it at the right: of several
 * layouts the easiest to read, for the same diagram always the same.
 */
export async function layoutOf(diagram: Diagram): Promise<Layout> {
  // Large, and needed only by who draws.
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  // Its types say `default` once more than it is.
  const elk = new (Elk as unknown as typeof Elk.default)();
  const tried = async (isTurned: boolean, seed: number) => {
    const outlines = diagram.map(({ shape, operands }) => outlineOf(shape, operands.length, isTurned));
    const laidOut = await elk.layout(elkGraph(diagram, outlines, seed));
    const layout = layoutFrom(laidOut, diagram, outlines);
    return { layout, isTurned, cost: costOf(layout, diagram) };
  };
  let best = await tried(false, 1);
  const keepBetter = (other: typeof best) => {
    if (other.cost < best.cost) best = other;
  };
  if (diagram.length > MOST_NODES_TO_TRY) return best.layout;
  if (diagram.some(({ shape }) => TURNS.includes(shape.kind))) keepBetter(await tried(true, 1));
  for (const seed of OTHER_SEEDS) keepBetter(await tried(best.isTurned, seed));
  return best.layout;
}

/** Shapes whose operands may come in from the bottom up. */
const TURNS: readonly Shape['kind'][] = ['blend', 'subtract'];
const LAYER: Readonly<Partial<Record<Shape['kind'], string>>> = {
  before: 'FIRST',
  input: 'FIRST',
  after: 'LAST',
};

function elkGraph(diagram: Diagram, outlines: readonly Outline[], seed: number): ElkNode {
  return {
    id: 'unit',
    layoutOptions: { ...OPTIONS, 'elk.randomSeed': String(seed) },
    children: diagram.map(({ shape, operands }, i) => {
      const { width, height, inputs, output } = outlines[i];
      const layer = LAYER[shape.kind];
      return {
        id: `${i}`,
        width,
        height,
        layoutOptions: {
          'elk.portConstraints': 'FIXED_POS',
          ...(layer && { 'elk.layered.layering.layerConstraint': layer }),
        },
        ports: [
          ...operands.map((_, k) => ({
            id: `${i}.${k}`,
            x: 0,
            y: inputs[k],
            layoutOptions: { 'elk.port.side': 'WEST' },
          })),
          { id: `${i}.result`, x: width, y: output, layoutOptions: { 'elk.port.side': 'EAST' } },
        ],
      };
    }),
    edges: diagram.flatMap(({ operands }, i) =>
      operands.map((from, k) => ({ id: `${i}.${k}`, sources: [`${from}.result`], targets: [`${i}.${k}`] })),
    ),
  };
}

function layoutFrom(laidOut: ElkNode, diagram: Diagram, outlines: readonly Outline[]): Layout {
  const { width = 0, height = 0, children = [], edges = [] } = laidOut;
  const edgeOf = new Map(edges.map((edge) => [edge.id, edge]));
  return {
    width,
    height,
    nodes: outlines.map((outline, i) => ({ ...outline, x: children[i].x ?? 0, y: children[i].y ?? 0 })),
    wires: diagram.flatMap(({ operands }, i) =>
      operands.map((from, k) => {
        const { sections = [], junctionPoints = [] } = edgeOf.get(`${i}.${k}`) ?? {};
        const [{ startPoint, bendPoints = [], endPoint }] = sections;
        return { from, points: [startPoint, ...bendPoints, endPoint], junctions: junctionPoints };
      }),
    ),
  };
}

/** How much a layout asks of a reader: crossings, bends, states out of order, length and size. */
function costOf({ width, height, nodes, wires }: Layout, diagram: Diagram): number {
  const bends = wires.reduce((sum, { points }) => sum + points.length - 2, 0);
  const length = wires
    .flatMap(linesOf)
    .reduce((sum, { a, b }) => sum + Math.abs(a.x - b.x) + Math.abs(a.y - b.y), 0);
  return (
    10 * crossings(wires) +
    3 * bends +
    25 * inversions(nodes, diagram) +
    0.03 * length +
    0.3 * width +
    0.1 * height
  );
}

interface Line {
  readonly a: Point;
  readonly b: Point;
}

function linesOf({ points }: Wire): Line[] {
  return points.slice(1).map((b, i) => ({ a: points[i], b }));
}

/** Places where wires of different results cross. */
function crossings(wires: readonly Wire[]): number {
  const lines = wires.flatMap((wire) => linesOf(wire).map((line) => ({ ...line, from: wire.from })));
  const isHorizontal = ({ a, b }: Line) => Math.abs(a.y - b.y) < Math.abs(a.x - b.x);
  const isBetween = (value: number, a: number, b: number) => value > Math.min(a, b) && value < Math.max(a, b);
  const places = new Set<string>();
  for (const across of lines.filter(isHorizontal))
    for (const down of lines)
      if (
        down.from !== across.from &&
        !isHorizontal(down) &&
        isBetween(down.a.x, across.a.x, across.b.x) &&
        isBetween(across.a.y, down.a.y, down.b.y)
      )
        places.add(`${down.a.x.toFixed(1)} ${across.a.y.toFixed(1)}`);
  return places.size;
}

/** Pairs of states that stand in one order before the step and in the other after it, and states below the input. */
function inversions(nodes: readonly PlacedNode[], diagram: Diagram): number {
  const placed = (kind: Shape['kind']) =>
    diagram.flatMap(({ shape }, i) =>
      shape.kind === kind && 'notation' in shape ? [{ name: shape.notation?.base, y: nodes[i].y }] : [],
    );
  const [input] = placed('input');
  const after = new Map(placed('after').map(({ name, y }) => [name, y]));
  const before = placed('before').map(({ name, y }) => ({ y, after: after.get(name) ?? y }));
  const isInverted = (one: { y: number; after: number }) =>
    before.filter((other) => one.y < other.y && one.after > other.after).length;
  return before.reduce((sum, one) => sum + isInverted(one), 0) + before.filter(({ y }) => y > input.y).length;
}
