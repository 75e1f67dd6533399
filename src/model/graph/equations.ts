import type { Gate, Unit } from './define-unit.js';
import { DERIVED_FROM_RESULT } from './derivatives.js';
import type { Expression } from './expression.js';
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

/** How a gate's value is called: the gate's name, or `candidate` where it has none or a state has its name. */
export function gateName({ states }: Unit, { name }: Gate): string {
  if (name === '') return 'candidate';
  return states.some((state) => state.name === name) ? `${name}_candidate` : name;
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
  const uses = (one: Expression) =>
    (readers.get(one)?.length ?? 0) + unit.gates.filter(({ recurrent }) => recurrent === one).length;
  let count = 0;
  for (const one of all)
    if (one.operands.length > 0 && !names.has(one) && uses(one) > 1) names.set(one, `v${++count}`);
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

/** A unit's equations as the paper prints them, a line each: `z = σ(xW_z + h₋U_z + b_z)`. */
export function equationText(unit: Unit): string[] {
  const equations = equationsOf(unit);
  const names = new Map(equations.map(({ name, value }) => [value, name]));
  const index = (name: string) => (name === '' ? '' : `_${name}`);
  const sumOf = ({ name, input, recurrent, bias }: Gate): string =>
    [
      ...(input ? [`xW${index(name)}`] : []),
      ...(recurrent ? [`${text(recurrent, 3)}U${index(name)}`] : []),
      ...(bias === null ? [] : [`b${index(name)}`]),
    ].join(' + ');
  const text = (one: Expression, outer: number): string => names.get(one) ?? written(one, outer);
  const written = (one: Expression, outer = 0): string => {
    const [a, b, c] = one.operands;
    const bracket = (inside: string, own: number) => (own < outer ? `(${inside})` : inside);
    switch (one.kind) {
      case 'constant':
        return String(one.data).replace('-', '−');
      case 'state':
        return `${one.data}₋`;
      case 'weight':
        return `V${index(String(one.data))}`;
      case 'gate':
        return bracket(sumOf(unit.gates.find(({ sum }) => sum === one) as Gate), 1);
      case 'negative':
        return bracket(`−${text(a, 2)}`, 1);
      case 'interpolate':
        return bracket(`(1 − ${text(a, 2)})⊙${text(b, 2)} + ${text(a, 2)}⊙${text(c, 2)}`, 1);
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide': {
        const own = PRECEDENCE[one.kind];
        const right = one.kind === 'subtract' || one.kind === 'divide' ? own + 1 : own;
        return bracket(`${text(a, own)}${SYMBOLS[one.kind]}${text(b, right)}`, own);
      }
      default:
        return `${SYMBOLS[one.kind] ?? one.kind}(${one.operands.map((each) => text(each, 0)).join(', ')})`;
    }
  };
  return equations.map(({ name, value }) => `${name} = ${written(value)}`);
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
