import type { Diagram, DiagramNode } from '../../src/drawing/diagram.js';
import type { Layout, PlacedNode, Point } from '../../src/drawing/layout.js';

/** Whether a line from one place to another passes through a node, not only along or up to its edge. */
function passesThrough({ x, y, width, height }: PlacedNode, a: Point, b: Point): boolean {
  const slack = 0.5;
  return (
    Math.max(a.x, b.x) > x + slack &&
    Math.min(a.x, b.x) < x + width - slack &&
    Math.max(a.y, b.y) > y + slack &&
    Math.min(a.y, b.y) < y + height - slack
  );
}

/** Where a layout departs from what a reader expects: a line for each fault. */
export function faultsOfLayout(diagram: Diagram, { width, height, nodes, wires }: Layout): string[] {
  const faults: string[] = [];
  for (const [i, node] of nodes.entries()) {
    if (node.x < 0 || node.y < 0 || node.x + node.width > width || node.y + node.height > height)
      faults.push(`node ${i} is outside`);
    for (const other of nodes.slice(0, i))
      if (passesThrough(other, node, { x: node.x + node.width, y: node.y + node.height }))
        faults.push(`node ${i} lies on another`);
  }
  const inColumn = (isIn: (node: DiagramNode) => boolean) => nodes.filter((_, i) => isIn(diagram[i]));
  const first = inColumn(({ operands }) => operands.length === 0);
  const last = inColumn(({ shape }) => shape.kind === 'after');
  const between = nodes.filter((node) => !first.includes(node) && !last.includes(node));
  for (const [left, right] of [
    [first, between],
    [between, last],
  ])
    if (left.some(({ x, width }) => right.some((other) => x + width > other.x)))
      faults.push('time does not run from left to right');
  const ends = diagram.flatMap(({ operands }, to) => operands.map((from, k) => ({ from, to, k })));
  for (const [i, { from, to, k }] of ends.entries()) {
    const { points } = wires[i];
    const [source, target] = [nodes[from], nodes[to]];
    const [start, end] = [points[0], points[points.length - 1]];
    const isAt = (a: Point, x: number, y: number) => Math.hypot(a.x - x, a.y - y) < 0.01;
    if (!isAt(start, source.x + source.width, source.y + source.output))
      faults.push(`wire ${i} does not begin at its result`);
    if (!isAt(end, target.x, target.y + target.inputs[k]))
      faults.push(`wire ${i} does not end at its operand`);
    for (const [j, b] of points.slice(1).entries()) {
      const a = points[j];
      if (Math.abs(a.x - b.x) > 0.01 && Math.abs(a.y - b.y) > 0.01) faults.push(`wire ${i} is slanted`);
      if (a.x > b.x + 0.01) faults.push(`wire ${i} goes back in time`);
      for (const [n, node] of nodes.entries())
        if (passesThrough(node, a, b)) faults.push(`wire ${i} passes through node ${n}`);
    }
  }
  return faults;
}
