import type { Gate, Unit } from './define-unit.js';
import { DERIVED_FROM_RESULT } from './derivatives.js';
import type { Expression } from './expression.js';
import { parameterName } from './parameters.js';
import { reachable, readersOf } from './walk.js';

/** One line of a unit's equations: a name and what it stands for. */
export interface Equation {
  readonly name: string;
  readonly value: Expression;
}

/**
 * A gate's value: its nonlinearity where that is the only one that reads the gate's sum, alone or with terms added,
 * as in σ(xW_i + h₋U_i + V_i⊙c₋ + b_i); else the sum itself. Two gates have two values.
 */
export function gateValues(unit: Unit): Map<Gate, Expression> {
  const { all, roots } = expressionsOf(unit);
  const readers = readersOf(all);
  const values = new Map<Gate, Expression>();
  const taken = new Set<Expression>();
  const onlyReader = (of: Expression) => {
    const own = readers.get(of) ?? [];
    return own.length === 1 && !roots.includes(of) ? own[0] : undefined;
  };
  for (const gate of unit.gates) {
    let sum = gate.sum;
    for (let next = onlyReader(sum); next && isSum(next); next = onlyReader(sum)) sum = next;
    const value = onlyReader(sum);
    const isOwn = value !== undefined && DERIVED_FROM_RESULT.has(value.kind) && !taken.has(value);
    values.set(gate, isOwn ? value : gate.sum);
    if (isOwn) taken.add(value);
  }
  return values;
}

const isSum = ({ kind }: Expression) => kind === 'add' || kind === 'subtract';

/** All expressions of a step, and those that it has to compute: the states after it and the operands of products. */
export function expressionsOf({ states, gates }: Unit): { all: Expression[]; roots: Expression[] } {
  const roots = [
    ...states.map(({ after }) => after),
    ...gates.flatMap(({ recurrent }) => (recurrent ? [recurrent] : [])),
  ];
  return { all: reachable(roots), roots };
}

/**
 * How a gate's value is called: the gate's name, or `candidate` where it has none or a state has its name. Two values
 * of a unit never have one name: no name that a user gives has an underscore in it.
 */
export function gateName(unit: Unit, { name }: Gate): string {
  if (name === '') return givenNames(unit).has('candidate') ? 'candidate_0' : 'candidate';
  return unit.states.some((state) => state.name === name) ? `${name}_candidate` : name;
}

function givenNames({ states, gates }: Unit): Set<string> {
  return new Set([...states, ...gates].map(({ name }) => name));
}

/**
 * A unit as lines of equations, each of earlier lines: the gates, what several lines share, and the states.
 * A state is called by its name; an expression that is not a gate's or a state's by v1, v2, …
 */
export function equationsOf(unit: Unit): Equation[] {
  const { all } = expressionsOf(unit);
  const names = new Map<Expression, string>();
  for (const [gate, value] of gateValues(unit)) names.set(value, gateName(unit, gate));
  for (const { name, after } of unit.states) if (after.operands.length > 0) names.set(after, name);
  const readers = readersOf(all);
  const uses = (one: Expression) => {
    const own = readers.get(one) ?? [];
    // (1 − z)⊙a + z⊙b has z twice.
    const again = own.filter(({ kind, operands }) => kind === 'interpolate' && operands[0] === one);
    return own.length + again.length + unit.gates.filter(({ recurrent }) => recurrent === one).length;
  };
  const given = givenNames(unit);
  let count = 0;
  for (const one of all)
    if (one.operands.length > 0 && !names.has(one) && uses(one) > 1) {
      do count++;
      while (given.has(`v${count}`));
      names.set(one, `v${count}`);
    }
  const lines = all.filter((one) => names.has(one)).map((value) => ({ name: names.get(value) ?? '', value }));
  const bare = unit.states.filter(({ name, after }) => names.get(after) !== name);
  return [...lines, ...bare.map(({ name, after }) => ({ name, value: after }))];
}

const SYMBOLS: Readonly<Record<string, string>> = {
  add: ' + ',
  subtract: ' − ',
  multiply: '⊙',
  divide: ' / ',
  sigmoid: 'σ',
};
const PRECEDENCE: Readonly<Record<string, number>> = {
  add: 1,
  subtract: 1,
  negative: 1,
  multiply: 2,
  divide: 2,
};
/** How strongly what needs no brackets binds. */
const WHOLE = 4;

/** A text, and how strongly it binds: brackets go around it where what stands around it binds more. */
interface Written {
  readonly text: string;
  readonly binds: number;
}

/** A unit's equations as the paper prints them, a line each: `z = σ(xW_z + h₋U_z + b_z)`. */
export function equationText(unit: Unit): string[] {
  const equations = equationsOf(unit);
  const names = new Map(equations.map(({ name, value }) => [value, name]));
  const texts = new Map<Expression, Written>();
  const text = (one: Expression, outer: number): string => {
    const name = names.get(one);
    if (name !== undefined) return name;
    const { text, binds } = texts.get(one) as Written;
    return binds < outer ? `(${text})` : text;
  };
  // Operands first, so that no expression is too deep.
  for (const one of expressionsOf(unit).all) texts.set(one, written(unit, one, text));
  return equations.map(({ name, value }) => `${name} = ${texts.get(value)?.text}`);
}

function written(unit: Unit, one: Expression, text: (of: Expression, outer: number) => string): Written {
  const whole = (text: string): Written => ({ text, binds: WHOLE });
  const [a, b, c] = one.operands;
  switch (one.kind) {
    case 'constant':
      return { text: String(one.data).replace('-', '−'), binds: Number(one.data) < 0 ? 1 : WHOLE };
    case 'state':
      return whole(`${one.data}₋`);
    case 'weight':
      return whole(parameterName('V', String(one.data)));
    case 'gate':
      return { text: sumText(unit.gates.find(({ sum }) => sum === one) as Gate, text), binds: 1 };
    case 'negative':
      return { text: `−${text(a, 2)}`, binds: 1 };
    case 'interpolate':
      return { text: `(1 − ${text(a, 2)})⊙${text(b, 3)} + ${text(a, 2)}⊙${text(c, 3)}`, binds: 1 };
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide': {
      // A sum or a product on the right keeps its brackets: rounding knows the difference.
      const binds = PRECEDENCE[one.kind];
      return { text: `${text(a, binds)}${SYMBOLS[one.kind]}${text(b, binds + 1)}`, binds };
    }
    default:
      return whole(
        `${SYMBOLS[one.kind] ?? one.kind}(${one.operands.map((each) => text(each, 0)).join(', ')})`,
      );
  }
}

function sumText(
  { name, input, recurrent, bias }: Gate,
  text: (of: Expression, outer: number) => string,
): string {
  return [
    ...(input ? [`x${parameterName('W', name)}`] : []),
    ...(recurrent ? [`${text(recurrent, WHOLE)}${parameterName('U', name)}`] : []),
    ...(bias === null ? [] : [parameterName('b', name)]),
  ].join(' + ');
}

/**
 * A unit in one text that is the same for the same equations and start values, and another for others. Recorded with
 * whatever a unit has computed.
 */
export function canonicalText(unit: Unit): string {
  const { states, gates, weights } = unit;
  const starts = [
    ...gates.flatMap(({ name, bias }) => (bias ? [`b_${name} starts at ${bias}`] : [])),
    ...weights.flatMap(({ name, start }) => (start ? [`V_${name} starts at ${start}`] : [])),
  ];
  const parts = [
    `states ${states.map(({ name }) => name).join(' ')}`,
    `gates ${gates.map(({ name }) => name || '·').join(' ')}`,
    ...(weights.length > 0 ? [`weights ${weights.map(({ name }) => name || '·').join(' ')}`] : []),
  ];
  return [...parts, ...equationText(unit), ...starts].join('\n');
}
