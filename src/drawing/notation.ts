import type { Gate, Unit } from '../model/graph/define-unit.js';
import { equationsOf, expressionsOf, gateValues } from '../model/graph/equations.js';
import type { Expression } from '../model/graph/expression.js';
import type { Role } from '../model/graph/parameters.js';
import { readersOf } from '../model/graph/walk.js';

/** How a quantity is written: h̃ is h under a tilde, W_z is W with the index z. */
export interface Notation {
  /** A letter, set in italics, or a word, set upright. */
  readonly base: string;
  readonly accent?: 'tilde' | 'hat' | 'bar';
  readonly index?: string;
}

/** The input of a step. */
export const INPUT: Notation = { base: 'x' };

/** W_z, U_z, V_i, b_z; W, U, V and b where there is no index. */
export function parameterNotation(role: Role, index: string): Notation {
  return index === '' ? { base: role } : { base: role, index };
}

/** A state's name; only a state x stands under a bar, since x is the input. */
export function stateNotation(name: string): Notation {
  return name === INPUT.base ? { base: name, accent: 'bar' } : { base: name };
}

/**
 * A gate's value: its name, under a tilde where a state or the input is called so; a gate without a name is the
 * candidate of the hidden state, h̃.
 */
function gateNotation({ states, gates }: Unit, { name }: Gate): Notation {
  const hidden = states[0].name;
  if (name === '') return { base: hidden, accent: 'tilde' };
  if (name !== INPUT.base && states.every((state) => state.name !== name)) return { base: name };
  const isTaken = name === hidden && gates.some((gate) => gate.name === '');
  return { base: name, accent: isTaken ? 'hat' : 'tilde' };
}

/**
 * The values that have an equation of their own, and how each is written: the gates, what several equations share
 * (v₁, v₂, …) and the states after the step, each after those that it is made of. A product with U alone that a
 * single equation reads stands within that equation.
 */
export function namedValues(unit: Unit): Map<Expression, Notation> {
  const gates = new Map([...gateValues(unit)].map(([gate, value]) => [value, gate]));
  const states = new Map(unit.states.map(({ name, after }) => [after, name]));
  const named = new Map<Expression, Notation>();
  const isShared = sharing(unit);
  let shared = 0;
  for (const { value } of equationsOf(unit)) {
    const gate = gates.get(value);
    const state = states.get(value);
    if (value.operands.length > 0 && state !== undefined) named.set(value, stateNotation(state));
    else if (gate) {
      if (gate.input || value !== gate.sum || isShared(value)) named.set(value, gateNotation(unit, gate));
    } else if (value.operands.length > 0) named.set(value, { base: 'v', index: `${++shared}` });
  }
  return named;
}

/** Whether an expression of a unit is needed in more than one place. */
export function sharing(unit: Unit): (one: Expression) => boolean {
  const { all, roots } = expressionsOf(unit);
  const readers = readersOf(all);
  return (one) => (readers.get(one)?.length ?? 0) + roots.filter((root) => root === one).length > 1;
}
