import type { Unit } from '../../model/graph/define-unit.js';
import { equationsOf, gateName } from '../../model/graph/equations.js';
import type { Expression } from '../../model/graph/expression.js';
import { MOST_PARTS } from '../../model/graph/unit-rules.js';
import { Misuse } from '../../platform/failure.js';
import {
  type Group,
  type Instruction,
  type Loop,
  type Place,
  type Program,
  type Store,
  toCompute,
} from './program.js';
import { type Reverse, reverse } from './reverse.js';
import { type Stages, stagesOf } from './stages.js';

/**
 * A unit's step and its gradient as products and elementwise loops.
 *
 * @throws Misuse where the kernels have no room for what it needs
 */
export function compile(unit: Unit): Program {
  const stages = stagesOf(unit);
  const back = reverse(stages);
  const { carried, diagonals, columns } = back;
  for (const [count, what] of [
    [carried.length, 'gradients that several of its products add up'],
    [diagonals.length, 'products of weight vectors with states'],
    [columns.length, 'other uses of weight vectors'],
  ] as const)
    if (count > MOST_PARTS)
      throw new Misuse(
        `unit ${unit.name}: it has ${count} ${what}, and the kernels have room for ${MOST_PARTS}`,
      );
  return {
    unit,
    groups: stages.groups,
    operands: computedGroups(stages).length,
    carries: carried.length,
    diagonals,
    columns,
    names: new Map([...namesOf(unit), ...back.names]),
    forward: forwardOf(stages),
    backward: backwardOf(stages, back),
  };
}

/** The groups whose operand is no state. */
function computedGroups({ groups }: Stages): (Group & { operand: Expression; place: Place })[] {
  return groups.flatMap((group) => {
    const { operand, place } = group;
    return operand && place?.kind === 'operand' ? [{ ...group, operand, place }] : [];
  });
}

function namesOf(unit: Unit): Map<Expression, string> {
  const names = new Map(equationsOf(unit).map(({ name, value }) => [value, `${name}_j`]));
  for (const gate of unit.gates) if (!names.has(gate.sum)) names.set(gate.sum, `${gateName(unit, gate)}_sum`);
  for (const { name, before, after } of unit.states) {
    names.set(before, `${name}_before`);
    names.set(after, `${name}_j`);
  }
  return names;
}

function forwardOf(stages: Stages): Instruction[] {
  const instructions: Instruction[] = [];
  const stored = new Map<Expression, Place>();
  for (let stage = -1; stage <= stages.last; stage++) {
    const stores = storesForward(stages, stage);
    const available = availableForward(stages, stage, stored);
    for (const value of toCompute(valuesOf(stores), available)) {
      const index = stages.inPlace.get(value);
      if (index === undefined || stored.has(value)) continue;
      const place: Place = { kind: 'gate', index };
      stores.unshift({ to: place, value });
      stored.set(value, place);
    }
    instructions.push(...productsForward(stages, stage), ...loopOf(stores, available));
  }
  return instructions;
}

/** The products that a stage begins with. */
function productsForward({ groups }: Stages, stage: number): Instruction[] {
  return groups.flatMap(({ place, vanishes, stage: own }, group): Instruction[] => {
    if (place === null || own !== stage) return [];
    const atFirst = vanishes ? 'left out' : 'computed';
    return [{ kind: 'product', group, place, isTransposed: false, adds: true, atFirst }];
  });
}

/** What the next stage multiplies with U; at the end the states, h last. */
function storesForward(stages: Stages, stage: number): Store[] {
  const operands = computedGroups(stages)
    .filter((group) => group.stage === stage + 1)
    .map(({ operand, place }) => ({ to: place, value: operand }));
  if (stage < stages.last) return operands;
  const states = stages.unit.states.map(({ after }, index): Store => {
    return { to: { kind: 'after', index }, value: after };
  });
  return [...operands, ...states.reverse()];
}

/** What is in memory when a stage begins; `stored` are values that have taken their gate's place. */
function availableForward(
  stages: Stages,
  stage: number,
  stored: ReadonlyMap<Expression, Place>,
): Map<Expression, Place> {
  const { unit, stageOf } = stages;
  const available = new Map<Expression, Place>();
  for (const [index, { before }] of unit.states.entries()) available.set(before, { kind: 'before', index });
  for (const { operand, place } of computedGroups(stages))
    if (stageOf(operand) < stage) available.set(operand, place);
  for (const [value, place] of stored) available.set(value, place);
  for (const [index, { sum }] of unit.gates.entries()) available.set(sum, { kind: 'gate', index });
  return available;
}

function backwardOf(stages: Stages, back: Reverse): Instruction[] {
  const instructions: Instruction[] = [];
  const gone = new Set<number>();
  for (let stage = stages.last; stage >= back.lowest; stage--) {
    const stores = back.stages.get(stage) ?? [];
    const available = availableBackward(stages, back, gone);
    for (const { kind, data } of toCompute(valuesOf(stores), available))
      if (kind === 'gate')
        throw new Misuse(
          `unit ${stages.unit.name}: its gradient needs the sum of gate ${JSON.stringify(data)} after the kernels ` +
            'have put the gradient of that sum in its place',
        );
    instructions.push(...loopOf(stores, available), ...productsBackward(stages, stage));
    for (const { to } of stores) if (to.kind === 'gate') gone.add(to.index);
  }
  return instructions;
}

/** What is in memory when a stage of the backward pass begins; `gone` are gates whose gradient took their place. */
function availableBackward(stages: Stages, back: Reverse, gone: ReadonlySet<number>): Map<Expression, Place> {
  const { unit, inPlace } = stages;
  const available = new Map<Expression, Place>(back.kept);
  const replaced = new Set(inPlace.values());
  for (const [index, { sum }] of unit.gates.entries())
    if (!gone.has(index) && !replaced.has(index)) available.set(sum, { kind: 'gate', index });
  for (const [value, index] of inPlace) if (!gone.has(index)) available.set(value, { kind: 'gate', index });
  for (const { operand, place } of computedGroups(stages)) available.set(operand, place);
  for (const [index, { before, after }] of unit.states.entries()) {
    available.set(after, { kind: 'after', index });
    available.set(before, { kind: 'before', index });
  }
  return available;
}

/** The products with the gates' gradients that follow a stage. */
function productsBackward({ unit, groups, completeIn }: Stages, stage: number): Instruction[] {
  return groups.flatMap(({ place, vanishes, stage: own }, group): Instruction[] => {
    if (place === null) return [];
    const product = { kind: 'product', group, isTransposed: true } as const;
    if (place.kind === 'operand')
      return own === stage
        ? [
            {
              ...product,
              place: { kind: 'product', index: place.index },
              adds: false,
              atFirst: vanishes ? 'cleared' : 'computed',
            },
          ]
        : [];
    const { before, after } = unit.states[place.index];
    // It is added to the gradient of a state, which has to be there; that of h is at all times.
    const due = place.index === 0 ? own : Math.min(own, completeIn(before), completeIn(after));
    const to = { kind: 'gradientBefore', index: place.index } as const;
    return due === stage ? [{ ...product, place: to, adds: true, atFirst: 'left out' }] : [];
  });
}

const valuesOf = (stores: readonly Store[]) => stores.map(({ value }) => value);

function loopOf(stores: readonly Store[], available: ReadonlyMap<Expression, Place>): Loop[] {
  return stores.length > 0 ? [{ kind: 'loop', stores, available }] : [];
}
