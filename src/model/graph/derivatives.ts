import { type Expression, type Operation, sigmoid } from './expression.js';

/**
 * What an operation passes on of the gradient d of its result: a share for each operand, nothing where no
 * gradient passes. σ' = σ(1−σ), tanh' = 1 − tanh² and exp' = exp are taken from the result.
 */
const DERIVATIVES: Record<Operation, (of: Expression, d: Expression) => (Expression | undefined)[]> = {
  add: (_, d) => [d, d],
  subtract: (_, d) => [d, d.negative()],
  negative: (_, d) => [d.negative()],
  multiply: ({ operands: [a, b] }, d) => [d.times(b), d.times(a)],
  divide(of, d) {
    const share = d.dividedBy(of.operands[1]);
    return [share, share.times(of).negative()];
  },
  interpolate: ({ operands: [z, a, b] }, d) => [d.times(b.minus(a)), d.times(oneMinus(z)), d.times(z)],
  sigmoid: (of, d) => [d.times(of.times(oneMinus(of)))],
  tanh: (of, d) => [d.times(oneMinus(of.times(of)))],
  relu: (of, d) => [whereLess(zero(of), of, d, zero(of))],
  exp: (of, d) => [d.times(of)],
  softplus: ({ operands: [a] }, d) => [d.times(sigmoid(a))],
  max: (of, d) => {
    const [a, b] = of.operands;
    return [whereLess(a, b, zero(of), d), whereLess(a, b, d, zero(of))];
  },
  stopped: () => [undefined],
  whereLess(of, d) {
    const [a, b] = of.operands;
    return [undefined, undefined, whereLess(a, b, d, zero(of)), whereLess(a, b, zero(of), d)];
  },
};

const zero = ({ graph }: Expression) => graph.constant(0);
const oneMinus = (of: Expression) => of.graph.constant(1).minus(of);
const whereLess = (a: Expression, b: Expression, x: Expression, y: Expression) =>
  x.graph.apply('whereLess', a, b, x, y);

/**
 * The shares of a gradient that an expression passes on to its operands.
 *
 * @param of an operation, no leaf
 * @param gradient with respect to its result
 */
export function sharesOf(of: Expression, gradient: Expression): (Expression | undefined)[] {
  return DERIVATIVES[of.kind as Operation](of, gradient);
}

/**
 * Operations whose derivative needs their result alone, so that it may take the place of its operand in memory.
 */
export const DERIVED_FROM_RESULT: ReadonlySet<string> = new Set<Operation>([
  'sigmoid',
  'tanh',
  'exp',
  'relu',
]);
