import type { Unit } from '../model/graph/define-unit.js';
import { expressionsOf } from '../model/graph/equations.js';
import type { Expression } from '../model/graph/expression.js';
import { INPUT, type Notation, stateNotation } from './notation.js';
import { shapesOf } from './shapes.js';

/** Text with quantities in it, such as `1 − z`. */
export type Text = readonly (string | Notation)[];

/** A term of a sum. */
export interface Term {
  /** A product with U, W or V; what is added as it is, such as a bias; or an operand, of which the sign is written. */
  readonly kind: 'U' | 'W' | 'V' | 'constant' | 'operand';
  readonly text: Text;
}

/** What a node of a figure stands for. */
export type Shape =
  /** A state of the step before, the input, or a state after the step. */
  | { readonly kind: 'before' | 'input' | 'after'; readonly notation: Notation }
  /** A sum, and the function that it goes through ('' for none); an operand for each term that is no constant. */
  | {
      readonly kind: 'gate' | 'sum';
      readonly notation?: Notation;
      readonly terms: readonly Term[];
      readonly function: string;
    }
  /** (1−z)⊙a + z⊙b of the operands a, z and b. */
  | { readonly kind: 'blend'; readonly factor?: Notation }
  /** Of operands in any order. */
  | { readonly kind: 'add' | 'multiply' }
  /** Of two operands in their order. */
  | { readonly kind: 'subtract' | 'divide' }
  /** A function of one operand or several; of none, a constant or a weight vector. */
  | { readonly kind: 'function'; readonly text: Text };

export interface DiagramNode {
  readonly shape: Shape;
  /** Indices of earlier nodes. */
  readonly operands: readonly number[];
}

/** What the figure of a unit shows, without places. */
export type Diagram = readonly DiagramNode[];

/** A step of a unit: the states before it that it reads, the input, what is computed, and the states after it. */
export function diagramOf(unit: Unit): Diagram {
  const nodes: DiagramNode[] = [];
  const add = (shape: Shape, operands: readonly number[] = []) => nodes.push({ shape, operands }) - 1;
  const { all } = expressionsOf(unit);
  const known = new Map<Expression | 'input', number>();
  for (const { name, before } of unit.states)
    if (all.includes(before)) known.set(before, add({ kind: 'before', notation: stateNotation(name) }));
  known.set('input', add({ kind: 'input', notation: INPUT }));
  const shapeOf = shapesOf(unit);
  const nodeOf = (one: Expression | 'input'): number => {
    const index = known.get(one);
    if (index !== undefined || one === 'input') return index as number;
    const { shape, operands } = shapeOf(one);
    const made = add(shape, operands.map(nodeOf));
    known.set(one, made);
    return made;
  };
  for (const { name, after } of unit.states)
    add({ kind: 'after', notation: stateNotation(name) }, [nodeOf(after)]);
  return nodes;
}
