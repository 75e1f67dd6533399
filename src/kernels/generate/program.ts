import type { Gate, Unit } from '../../model/graph/define-unit.js';
import type { Expression } from '../../model/graph/expression.js';

/** Gates with one recurrent operand: one product, whose columns stand together in a row of all gates. */
export interface Group {
  /** In the order of their columns. */
  readonly gates: readonly Gate[];
  /** a of aU; null for gates without a recurrent term. */
  readonly operand: Expression | null;
  /** Where the operand is: a state before the step, or a place of its own. */
  readonly place: Place | null;
  /** Whether the operand is 0 at the first step. */
  readonly vanishes: boolean;
  /** The stage that begins with its product; −1 without one. */
  readonly stage: number;
}

/**
 * A place in memory, of one row for each sequence, and its number among those of its kind:
 *
 * - `gate`: what a gate adds up to, then its value, at last the gradient of the sum;
 * - `weight`: a weight vector, the same for all rows;
 * - `before`, `after`: a state before and after the step; one place where only the NLL is wanted, but for h;
 * - `gradient`, `gradientBefore`: theirs; one place for each state but h, whose gradient is added to;
 * - `operand`, `product`: what a product with U takes if it is no state, and its gradient;
 * - `carry`: a gradient that a later stage completes;
 * - `column`: a frame's part of the gradient of a weight vector.
 */
export interface Place {
  readonly kind: PlaceKind;
  readonly index: number;
}

export type PlaceKind =
  | 'gate'
  | 'weight'
  | 'before'
  | 'after'
  | 'gradient'
  | 'gradientBefore'
  | 'operand'
  | 'product'
  | 'carry'
  | 'column';

/** An expression whose value goes to a place. */
export interface Store {
  readonly to: Place;
  readonly value: Expression;
}

/** Elementwise work: all is read before anything is stored. */
export interface Loop {
  readonly kind: 'loop';
  readonly stores: readonly Store[];
  /** What need not be computed, since it is in memory. */
  readonly available: ReadonlyMap<Expression, Place>;
}

/** Forward: a group's gates += operand·U. Backward: the operand's gradient (+)= gates·Uᵀ. */
export interface Product {
  readonly kind: 'product';
  readonly group: number;
  /** Where the operand or its gradient is. */
  readonly place: Place;
  readonly isTransposed: boolean;
  /** Whether it is added to what is there. */
  readonly adds: boolean;
  /** What becomes of it at the first step, where the operand is 0 or its gradient of no use. */
  readonly atFirst: 'computed' | 'left out' | 'cleared';
}

export type Instruction = Loop | Product;

/** A weight vector's gradient as a sum over frames of a gate's gradient ⊙ a state, by their numbers. */
export interface Diagonal {
  readonly weight: number;
  readonly gate: number;
  readonly state: number;
  /** Whether the state is the one before the step. */
  readonly isBefore: boolean;
}

/** A unit's step and its gradient as instructions. */
export interface Program {
  readonly unit: Unit;
  readonly groups: readonly Group[];
  /** How many operands and carries have places. */
  readonly operands: number;
  readonly carries: number;
  readonly diagonals: readonly Diagonal[];
  /** The weight vector of each column. */
  readonly columns: readonly number[];
  /** What expressions are called, where they have a name. */
  readonly names: ReadonlyMap<Expression, string>;
  readonly forward: readonly Instruction[];
  readonly backward: readonly Instruction[];
}

/** The expressions that have to be computed for some values, operands first. */
export function toCompute(
  values: readonly Expression[],
  available: ReadonlyMap<Expression, Place>,
): Expression[] {
  const found = new Set<Expression>();
  const waiting = [...values];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (found.has(one) || available.has(one)) continue;
    found.add(one);
    waiting.push(...one.operands);
  }
  return [...found].sort((a, b) => a.id - b.id);
}
