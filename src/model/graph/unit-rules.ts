import { Misuse } from '../../platform/failure.js';
import { adviceOnName } from '../../platform/nearest-name.js';
import { quoted, UNPRINTABLE } from '../../platform/printable.js';
import type { Unit } from './define-unit.js';
import { gateName } from './equations.js';
import type { Expression } from './expression.js';
import { unitParameters } from './parameters.js';
import { dependenciesOf, reachable } from './walk.js';

/** Makes a sentence about what cannot be a unit an error that names the unit. */
export type Refuse = (what: string) => Misuse;

/** What the kernels have room for, of gates, of weights and of states each. */
export const MOST_PARTS = 12;

const UNIT_NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PART_NAME = /^[A-Za-z][A-Za-z0-9]{0,19}$/;
/** In the text of equations, these are products. */
const PRODUCT = /^(xW|.*U)$/;
/** What equations are handed beside their states. */
export const WORDS_OF_THE_CONTEXT: readonly string[] = ['gate', 'weight', 'constant', 'one'];
const MOST_TEXT = 200;

export const isUnitName = (name: string): boolean => UNIT_NAME.test(name) && !(name in {});

/** @throws Misuse for what no unit is called */
export function checkUnitName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !isUnitName(name))
    throw new Misuse(
      `a unit's name is made of at most 40 small letters and digits, with dashes between them, not ${quoted(name)}`,
    );
}

/** A title or a source. */
export function checkText(text: unknown, refuse: Refuse): void {
  if (typeof text !== 'string' || text.length > MOST_TEXT || UNPRINTABLE.test(text))
    throw refuse(`title and source are text of at most ${MOST_TEXT} characters in one line`);
}

export function checkOptions(
  whose: string,
  options: unknown,
  known: readonly string[],
  refuse: Refuse,
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw refuse(`the options of ${whose} are an object, not ${quoted(options)}`);
  for (const option of Object.keys(options))
    if (!known.includes(option))
      throw refuse(`the options of ${whose} have no ${quoted(option)}: ${adviceOnName(option, known)}`);
}

export function checkStart(what: string, start: unknown, refuse: Refuse): void {
  if (typeof start !== 'number' || !Number.isFinite(Math.fround(start)))
    throw refuse(`${what} starts at a finite number, not ${quoted(start)}`);
}

export function checkStates(states: readonly string[], refuse: Refuse): void {
  if (!Array.isArray(states))
    throw refuse(`the option states is a list of names, such as ['h', 'c'], not ${quoted(states)}`);
  if (states.length === 0) throw refuse('it has no states');
  if (states.length > MOST_PARTS) throw refuse(`it has more than ${MOST_PARTS} states`);
  for (const [i, state] of states.entries()) {
    checkName('state', state, refuse);
    if (WORDS_OF_THE_CONTEXT.includes(state)) throw refuse(`no state can be called ${state}`);
    if (states.indexOf(state) < i) throw refuse(`there are two states ${quoted(state)}`);
  }
}

/** A gate or a weight whose name is '' has no index. */
export function checkPart(
  kind: 'gate' | 'weight',
  name: string,
  known: readonly { name: string }[],
  refuse: Refuse,
): void {
  if (name !== '') checkName(kind, name, refuse);
  if (known.some((other) => other.name === name))
    throw refuse(`there are two ${kind}s ${quoted(name)}: one that stands twice is kept in a variable`);
  if (known.length === MOST_PARTS)
    throw refuse(`it has more than ${MOST_PARTS} ${kind}s, which is what the kernels have room for`);
}

function checkName(kind: string, name: string, refuse: Refuse): void {
  if (typeof name !== 'string' || !PART_NAME.test(name))
    throw refuse(`a ${kind}'s name is a letter and at most 19 letters or digits, not ${quoted(name)}`);
  if (PRODUCT.test(name))
    throw refuse(`no ${kind} can be called ${name}, which is a product in the text of equations`);
}

/** What does not reach the hidden state has no gradient; what does not change is no state, and no more than a bias. */
export function checkReach(
  { states, gates, weights }: Pick<Unit, 'states' | 'gates' | 'weights'>,
  refuse: Refuse,
): void {
  const varies = (of: Expression) => reachable([of]).some(({ kind }) => kind === 'state' || kind === 'gate');
  for (const { name, before, after } of states)
    if (after === before || !varies(after)) throw refuse(`the state ${quoted(name)} does not vary`);
  for (const { name, recurrent } of gates)
    if (recurrent && !varies(recurrent))
      throw refuse(`what gate ${quoted(name)} multiplies with U does not vary, so that a bias does the same`);
  const reached = dependenciesOf(states[0].after, { states, gates });
  const isLost = (of: Expression) => !reached.has(of);
  const state = states.slice(1).find(({ before }) => isLost(before));
  if (state) throw refuse(`the hidden state does not depend on the state ${quoted(state.name)}`);
  const gate = gates.find(({ sum }) => isLost(sum));
  if (gate) throw refuse(`the hidden state does not depend on gate ${quoted(gate.name)}`);
  const weight = weights.find(({ vector }) => isLost(vector));
  if (weight) throw refuse(`the hidden state does not depend on weight ${quoted(weight.name)}`);
  if (!gates.some(({ input }) => input)) throw refuse('no gate has an input');
}

/** In the text of equations, a name stands for one thing. */
export function checkNames(unit: Unit, refuse: Refuse): void {
  const names = [...unit.states.map(({ name }) => name), ...unit.gates.map((gate) => gateName(unit, gate))];
  const parameters = unitParameters(unit, 1, 1).map(({ name }) => name);
  const taken = names.find((name, i) => names.indexOf(name) < i || parameters.includes(name));
  if (taken)
    throw refuse(
      `${taken} would stand for two things in the text of its equations: rename a state or a gate`,
    );
}
