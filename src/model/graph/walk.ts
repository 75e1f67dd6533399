import type { Expression } from './expression.js';

/** All expressions that some are made of, themselves included, operands before what they are operands of. */
export function reachable(from: readonly Expression[]): Expression[] {
  const found = new Set<Expression>();
  // A stack of its own: a deep expression would exhaust the language's.
  const waiting = [...from];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    waiting.push(...one.operands);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

interface Parts {
  readonly states: readonly { readonly before: Expression; readonly after: Expression }[];
  readonly gates: readonly { readonly sum: Expression; readonly recurrent: Expression | null }[];
}

/**
 * The expressions of a step, each after those it needs: first what the first state is made of, from left to right,
 * through products with U.
 */
export function orderOfStep({ states, gates }: Parts): Expression[] {
  const needsOf = (one: Expression) => {
    const recurrent = gates.find(({ sum }) => sum === one)?.recurrent;
    return recurrent ? [recurrent] : one.operands;
  };
  const found = new Set<Expression>();
  const waiting = states.map(({ after }) => after).reverse();
  for (let one = waiting.at(-1); one !== undefined; one = waiting.at(-1)) {
    const missing = found.has(one) ? [] : needsOf(one).filter((needed) => !found.has(needed));
    if (missing.length > 0) {
      waiting.push(...missing.reverse());
    } else {
      found.add(one);
      waiting.pop();
    }
  }
  return [...found];
}

/** All that an expression depends on at this and earlier steps: also through products with U and through states. */
export function dependenciesOf(expression: Expression, { states, gates }: Parts): Set<Expression> {
  const found = new Set<Expression>();
  const waiting = [expression];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const from = one;
    if (found.has(from)) continue;
    found.add(from);
    waiting.push(...from.operands);
    const recurrent = gates.find(({ sum }) => sum === from)?.recurrent;
    if (recurrent) waiting.push(recurrent);
    const state = states.find(({ before }) => before === from);
    if (state) waiting.push(state.after);
  }
  return found;
}

/** The expressions that have each one as an argument. */
export function readersOf(expressions: readonly Expression[]): Map<Expression, Expression[]> {
  const readers = new Map<Expression, Expression[]>(expressions.map((one) => [one, []]));
  for (const one of expressions) for (const operand of one.operands) readers.get(operand)?.push(one);
  return readers;
}

/** A function of expressions that computes each value once. */
export function memoised<T>(compute: (of: Expression) => T): (of: Expression) => T {
  const known = new WeakMap<Expression, T>();
  return (of) => {
    const value = known.get(of);
    if (value !== undefined) return value;
    const computed = compute(of);
    known.set(of, computed);
    return computed;
  };
}

/** Whether an expression is 0 where all states are 0, by its form. */
export const vanishesWithStates = memoised((expression): boolean => {
  const of = (i: number) => vanishesWithStates(expression.operands[i]);
  switch (expression.kind) {
    case 'state':
      return true;
    case 'constant':
      return expression.is(0);
    case 'multiply':
      return of(0) || of(1);
    case 'interpolate':
      return of(1) && of(2);
    case 'divide':
      return of(0);
    case 'add':
    case 'subtract':
    case 'negative':
    case 'tanh':
    case 'relu':
    case 'max':
    case 'stopped':
      return expression.operands.every(vanishesWithStates);
    default:
      return false;
  }
});
