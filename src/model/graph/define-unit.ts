import { Failure, Misuse } from '../../platform/failure.js';
import { quoted } from '../../platform/printable.js';
import { type Expression, Graph, type Operand } from './expression.js';
import {
  checkNames,
  checkOptions,
  checkPart,
  checkReach,
  checkStart,
  checkStates,
  checkText,
  checkUnitName,
  type Refuse,
} from './unit-rules.js';

/** xW + aU + b, each part of it optional: what a gate of a unit is before its nonlinearity. */
export interface Gate {
  /** Index of W, U and b, as in the paper; '' for the gate that has none. */
  readonly name: string;
  readonly sum: Expression;
  /** Whether it has a term xW. */
  readonly input: boolean;
  /** a of the term aU; null where there is none. */
  readonly recurrent: Expression | null;
  /** What its bias starts at; null where it has none. */
  readonly bias: number | null;
}

/** A vector V of learned weights, [H]. */
export interface Weight {
  readonly name: string;
  readonly vector: Expression;
  /** What all its entries start at. */
  readonly start: number;
}

/** A vector that a step hands to the next; 0 before the first. */
export interface State {
  readonly name: string;
  readonly before: Expression;
  readonly after: Expression;
}

/** A recurrent unit: all that there is to know of it follows from this. */
export interface Unit {
  readonly name: string;
  /** How tables and figures call it. */
  readonly title: string;
  /** Where its equations come from. */
  readonly source: string;
  readonly graph: Graph;
  /** The first is the hidden state, which the output layer sees. */
  readonly states: readonly State[];
  /** In the order of the parameters. */
  readonly gates: readonly Gate[];
  readonly weights: readonly Weight[];
}

export interface GateOptions {
  /** a of aU: the hidden state if not given; null for a gate without that term. */
  readonly recurrent?: Expression | null;
  /** false: without the term xW. */
  readonly input?: boolean;
  /** What the bias starts at, 0 if not given; false: without a bias. */
  readonly bias?: number | false;
}

/** What equations are written in: the states before the step, by their names, and these. */
export type Context<StateName extends string> = Readonly<Record<StateName, Expression>> & {
  /** xW_name + aU_name + b_name. */
  gate(name: string, options?: GateOptions): Expression;
  /** A vector of H learned weights, such as a peephole, whose entries start at `start` (0). */
  weight(name: string, start?: number): Expression;
  constant(value: number): Expression;
  readonly one: Expression;
};

export interface UnitOptions<StateName extends string> {
  /** Names of the states, the hidden state first; h alone if not given. */
  readonly states?: readonly StateName[];
  readonly title?: string;
  readonly source?: string;
}

/** The equations of a step: from the states before it to those after it. */
export type Equations<StateName extends string> = (
  context: Context<StateName>,
) => Readonly<Record<StateName, Operand>>;

type AnyEquations = (context: never) => Readonly<Record<string, Operand>>;

const UNIT_OPTIONS: readonly (keyof UnitOptions<string>)[] = ['states', 'title', 'source'];
const GATE_OPTIONS: readonly (keyof GateOptions)[] = ['recurrent', 'input', 'bias'];
const LONGEST_MESSAGE = 200;

/**
 * Defines a recurrent unit by its equations:
 *
 *     export const gru = defineUnit('gru', ({ h, gate, one }) => {
 *       const z = sigmoid(gate('z'));                                  // xW_z + h₋U_z + b_z
 *       const r = sigmoid(gate('r'));
 *       const candidate = tanh(gate('', { recurrent: r.times(h) }));   // xW + (r⊙h₋)U + b
 *       return { h: one.minus(z).times(h).plus(z.times(candidate)) };
 *     });
 *
 * @param name of small letters, digits and dashes
 * @throws Misuse, in one sentence, for what cannot be a unit
 */
export function defineUnit(name: string, equations: Equations<'h'>): Unit;
export function defineUnit<StateName extends string = 'h'>(
  name: string,
  options: UnitOptions<StateName>,
  equations: Equations<StateName>,
): Unit;
export function defineUnit(
  name: string,
  optionsOrEquations: UnitOptions<string> | AnyEquations,
  given?: AnyEquations,
): Unit {
  checkUnitName(name);
  const refuse = (what: string) => new Misuse(`unit ${name}: ${what}`);
  const isShort = typeof optionsOrEquations === 'function';
  const equations = isShort ? optionsOrEquations : given;
  if (typeof equations !== 'function') throw refuse('its equations, a function, are missing');
  try {
    return unitOf(name, isShort ? {} : optionsOrEquations, equations, refuse);
  } catch (error) {
    // A user's own code has run: whatever it throws is a sentence of ours.
    if (error instanceof Failure) throw error.message.startsWith('unit ') ? error : refuse(error.message);
    throw Object.assign(refuse(`its equations throw ${thrown(error)}`), { cause: error });
  }
}

function thrown(error: unknown): string {
  const { name, message } = error instanceof Error ? error : {};
  return typeof message === 'string' ? `${name}: ${message.slice(0, LONGEST_MESSAGE)}` : quoted(error);
}

type Parts = Pick<Unit, 'graph' | 'states' | 'gates' | 'weights'>;

function unitOf(name: string, options: UnitOptions<string>, equations: AnyEquations, refuse: Refuse): Unit {
  checkOptions('the unit', options, UNIT_OPTIONS, refuse);
  const { states = ['h'], title = name, source = '' } = options;
  for (const text of [title, source]) checkText(text, refuse);
  const parts = collectParts(name, states, equations, refuse);
  checkReach(parts, refuse);
  const unit = { name, title, source, ...parts };
  checkNames(unit, refuse);
  return unit;
}

function collectParts(
  name: string,
  states: readonly string[],
  equations: AnyEquations,
  refuse: Refuse,
): Parts {
  checkStates(states, refuse);
  const graph = new Graph(name);
  const before = Object.fromEntries(states.map((state) => [state, graph.leaf('state', state)]));
  const gates: Gate[] = [];
  const weights: Weight[] = [];
  const addGate = (gate: string, options: GateOptions = {}) => {
    checkPart('gate', gate, gates, refuse);
    checkOptions(`gate ${quoted(gate)}`, options, GATE_OPTIONS, refuse);
    const { recurrent = before[states[0]], input = true, bias = 0 } = options;
    if (typeof input !== 'boolean')
      throw refuse(`gate ${quoted(gate)} has an input or not, true or false, not ${quoted(input)}`);
    if (bias !== false) checkStart(`the bias of gate ${quoted(gate)}`, bias, refuse);
    const operand = recurrent === null ? null : graph.lift(recurrent);
    if (!input && operand === null)
      throw refuse(`gate ${quoted(gate)} has neither an input nor a recurrent term`);
    const sum = graph.leaf('gate', gate);
    gates.push({ name: gate, sum, input, recurrent: operand, bias: bias === false ? null : bias });
    return sum;
  };
  const addWeight = (weight: string, start = 0) => {
    checkPart('weight', weight, weights, refuse);
    checkStart(`weight ${quoted(weight)}`, start, refuse);
    const vector = graph.leaf('weight', weight);
    weights.push({ name: weight, vector, start });
    return vector;
  };
  const constant = (value: number) => graph.constant(value);
  const after = equations({
    ...before,
    gate: addGate,
    weight: addWeight,
    constant,
    one: constant(1),
  } as never);
  if (after === null || typeof after !== 'object') throw refuse('its equations return no states');
  for (const state of Object.keys(after))
    if (!states.includes(state)) throw refuse(`its equations return ${quoted(state)}, which is no state`);
  const stateOf = (state: string): State => {
    if (!Object.hasOwn(after, state)) throw refuse(`its equations do not return the state ${quoted(state)}`);
    return { name: state, before: before[state], after: graph.lift(after[state]) };
  };
  const all = states.map(stateOf);
  graph.endEquations();
  return { graph, gates, weights, states: all };
}
