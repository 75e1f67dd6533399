import { Failure, Misuse } from '../../platform/failure.js';
import { quoted } from '../../platform/printable.js';
import { Expression, Graph, type Operand } from './expression.js';
import { adviceOnMistake } from './mistaken-word.js';
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
    if (error instanceof Failure && error.message.startsWith('unit ')) throw error;
    const what = error instanceof Failure ? error.message : `its equations throw ${thrown(error)}`;
    throw Object.assign(refuse(what), { cause: error });
  }
}

function thrown(error: unknown): string {
  const { name, message } = error instanceof Error ? error : {};
  if (typeof message !== 'string') return quoted(error);
  return `${name}: ${message.slice(0, LONGEST_MESSAGE)}${adviceOnMistake(message)}`;
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
  const { gates, gate } = gateMaker(graph, before[states[0]], refuse);
  const { weights, weight } = weightMaker(graph, refuse);
  const constant = (value: number) => graph.constant(value);
  const words = { ...before, gate, weight, constant, one: constant(1) };
  const after = statesAfter(equations(onlyKnown(words, refuse) as never), states, refuse);
  const all = states.map((state) => ({
    name: state,
    before: before[state],
    after: graph.lift(after[state]),
  }));
  graph.endEquations();
  return { graph, gates, weights, states: all };
}

/** `gate` of a context, and the gates that it has made. @param hidden the hidden state before the step */
function gateMaker(graph: Graph, hidden: Expression, refuse: Refuse) {
  const gates: Gate[] = [];
  const gate = (name: string, options: GateOptions = {}) => {
    checkPart('gate', name, gates, refuse);
    checkOptions(`gate ${quoted(name)}`, options, GATE_OPTIONS, refuse);
    const { recurrent = hidden, input = true, bias = 0 } = options;
    if (typeof input !== 'boolean')
      throw refuse(`gate ${quoted(name)} has an input or not, true or false, not ${quoted(input)}`);
    if (typeof recurrent === 'boolean')
      throw refuse(`recurrent of gate ${quoted(name)} is an expression, or null for none, not ${recurrent}`);
    if (bias !== false) checkStart(`the bias of gate ${quoted(name)}`, bias, refuse);
    const operand = recurrent === null ? null : graph.lift(recurrent);
    if (!input && operand === null)
      throw refuse(`gate ${quoted(name)} has neither an input nor a recurrent term`);
    const sum = graph.leaf('gate', name);
    gates.push({ name, sum, input, recurrent: operand, bias: bias === false ? null : bias });
    return sum;
  };
  return { gates, gate };
}

/** `weight` of a context, and the weight vectors that it has made. */
function weightMaker(graph: Graph, refuse: Refuse) {
  const weights: Weight[] = [];
  const weight = (name: string, start = 0) => {
    checkPart('weight', name, weights, refuse);
    checkStart(`weight ${quoted(name)}`, start, refuse);
    const vector = graph.leaf('weight', name);
    weights.push({ name, vector, start });
    return vector;
  };
  return { weights, weight };
}

/** A context that says so where equations use a word that it does not have, in place of handing over undefined. */
function onlyKnown(words: Readonly<Record<string, unknown>>, refuse: Refuse): typeof words {
  return new Proxy(words, {
    get(_, word) {
      if (typeof word === 'symbol' || Object.hasOwn(words, word)) return Reflect.get(words, word);
      throw refuse(
        `its equations use ${quoted(word)}, and there are ${Object.keys(words).join(', ')}: ` +
          'a further state is named in the option states, a function such as tanh is imported from gru-bench',
      );
    },
  });
}

/** What equations return, held to the states. */
function statesAfter(
  returned: unknown,
  states: readonly string[],
  refuse: Refuse,
): Readonly<Record<string, Operand>> {
  if (returned instanceof Expression)
    throw refuse('its equations return an expression, and not the states after the step: return { h: … }');
  if (returned === null || typeof returned !== 'object') throw refuse('its equations return no states');
  for (const state of Object.keys(returned))
    if (!states.includes(state)) throw refuse(`its equations return ${quoted(state)}, which is no state`);
  for (const state of states)
    if (!Object.hasOwn(returned, state))
      throw refuse(`its equations do not return the state ${quoted(state)}`);
  return returned as Readonly<Record<string, Operand>>;
}
