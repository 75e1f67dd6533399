import type { Gate, Unit } from '../../model/graph/define-unit.js';
import { expressionsOf, gateValues } from '../../model/graph/equations.js';
import type { Expression } from '../../model/graph/expression.js';
import { memoised, readersOf, vanishesWithStates } from '../../model/graph/walk.js';
import type { Group } from './program.js';

/**
 * A step in stages: products with U, then elementwise work on them, then the products that need it. The first
 * products make stage 0; what needs none of them belongs to stage −1. The backward pass goes through the stages in
 * reverse.
 */
export interface Stages {
  readonly unit: Unit;
  readonly groups: readonly Group[];
  readonly last: number;
  /** All expressions of a step, operands first. */
  readonly all: readonly Expression[];
  /** The first stage that can compute an expression. */
  stageOf(expression: Expression): number;
  /** The stage of the backward pass in which the gradient of an expression is complete. */
  completeIn(expression: Expression): number;
  /** Values that take the place of their gate, and the gate's number. */
  readonly inPlace: ReadonlyMap<Expression, number>;
}

export function stagesOf(unit: Unit): Stages {
  const { all } = expressionsOf(unit);
  const stageOf = memoised((one: Expression): number => {
    const gate = unit.gates.find(({ sum }) => sum === one);
    if (gate) return gate.recurrent ? stageOf(gate.recurrent) + 1 : -1;
    return Math.max(-1, ...one.operands.map(stageOf));
  });
  // Operands first, so that no expression is too deep for a recursion.
  for (const one of all) stageOf(one);
  for (const one of all) vanishesWithStates(one);
  const groups = groupsOf(unit, stageOf);
  const last = Math.max(0, ...unit.states.map(({ after }) => stageOf(after)));
  return {
    unit,
    groups,
    last,
    all,
    stageOf,
    completeIn: completion(groups, last, all),
    inPlace: valuesInPlace(unit),
  };
}

/** Products with states first, gates without a product last. */
function groupsOf(unit: Unit, stageOf: (of: Expression) => number): Group[] {
  const stateOf = (operand: Expression) => unit.states.findIndex(({ before }) => before === operand);
  const operands = [...new Set(unit.gates.map(({ recurrent }) => recurrent))].filter((one) => one !== null);
  const isComputed = (operand: Expression) => Number(stateOf(operand) < 0);
  operands.sort((a, b) => isComputed(a) - isComputed(b) || a.id - b.id);
  const computed = operands.filter(isComputed);
  const sets = [...operands, null]
    .map((operand) => ({ operand, gates: unit.gates.filter(({ recurrent }) => recurrent === operand) }))
    .filter(({ gates }) => gates.length > 0);
  return sets.map(({ operand, gates }, g) => {
    const columns = inColumns(gates, g > 0 && g === sets.length - 1);
    if (operand === null) return { gates: columns, operand, place: null, vanishes: false, stage: -1 };
    const state = stateOf(operand);
    return {
      gates: columns,
      operand,
      place:
        state < 0 ? { kind: 'operand', index: computed.indexOf(operand) } : { kind: 'before', index: state },
      vanishes: vanishesWithStates(operand),
      stage: stageOf(operand) + 1,
    };
  });
}

/** Gates without an input stand at the outer ends of the row, so that those with one stand together. */
function inColumns(gates: readonly Gate[], isLast: boolean): Gate[] {
  const [having, lacking] = [gates.filter(({ input }) => input), gates.filter(({ input }) => !input)];
  return isLast ? [...having, ...lacking] : [...lacking, ...having];
}

function completion(
  groups: readonly Group[],
  last: number,
  all: readonly Expression[],
): (of: Expression) => number {
  const readers = readersOf(all);
  const completeIn = memoised((one: Expression): number => {
    const uses = (readers.get(one) ?? []).filter(({ kind }) => kind !== 'stopped').map(completeIn);
    const group = groups.find(({ operand, place }) => operand === one && place?.kind === 'operand');
    if (group) uses.push(group.stage - 1);
    return Math.min(last, ...uses);
  });
  for (const one of [...all].reverse()) completeIn(one);
  return completeIn;
}

function valuesInPlace(unit: Unit): Map<Expression, number> {
  const inPlace = new Map<Expression, number>();
  for (const [gate, value] of gateValues(unit)) {
    const isState = unit.states.some(({ after }) => after === value);
    if (value !== gate.sum && !isState) inPlace.set(value, unit.gates.indexOf(gate));
  }
  return inPlace;
}
