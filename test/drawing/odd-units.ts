import fc from 'fast-check';
import { defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import {
  type Expression,
  exp,
  max,
  relu,
  sigmoid,
  softplus,
  stopped,
  tanh,
} from '../../src/model/graph/expression.js';
import { Misuse } from '../../src/platform/failure.js';

/** Units with what the built-in ones do not have. */
export const ODD_UNITS: readonly Unit[] = [
  defineUnit(
    'three-states',
    { states: ['h', 'c', 'm'], title: 'Three <states> & "more"' },
    ({ h, c, m, gate, weight, one }) => {
      const z = sigmoid(gate('z'));
      const candidate = tanh(gate('', { recurrent: sigmoid(gate('r', { recurrent: m })).times(h) }));
      const cell = one.minus(z).times(c).plus(z.times(candidate));
      const memory = m.times(0.9).plus(cell.times(weight('m', 0.1)));
      return { h: tanh(cell).times(softplus(memory)), c: cell, m: memory };
    },
  ),
  defineUnit('four-stages', ({ h, gate, one }) => {
    const a = sigmoid(gate('a'));
    const b = sigmoid(gate('b', { recurrent: a.times(h) }));
    const c = tanh(gate('c', { recurrent: b.times(h), input: false }));
    const d = tanh(gate('d', { recurrent: c }));
    return { h: a.times(h).plus(one.minus(a).times(d)).plus(c) };
  }),
  defineUnit('subtractions', { states: ['h', 'c'] }, ({ h, c, gate, weight, one }) => {
    const i = sigmoid(gate('i').plus(weight('i').times(c)));
    const f = sigmoid(one.minus(gate('f')).plus(weight('f').times(h)));
    const k = relu(gate('clock', { input: false, bias: false }).minus(weight('k').times(i)));
    const cell = i.times(k).plus(f.times(c)).minus(exp(k.negative()));
    return { h: tanh(cell).dividedBy(one.plus(f)), c: cell };
  }),
  defineUnit('long-names', { states: ['hidden', 'accumulator'] }, ({ accumulator, gate }) => {
    const kept = accumulator.times(sigmoid(gate('forgettingverymuch'))).plus(tanh(gate('hidden')));
    return { hidden: max(kept, 0.5).times(sigmoid(gate('accumulator'))), accumulator: kept };
  }),
  defineUnit('names-of-others', { states: ['x', 'candidate'] }, ({ x, candidate, gate, weight }) => ({
    x: tanh(gate('').plus(gate('x')).plus(candidate)),
    candidate: weight('', 1).plus(2).times(x).minus(-0.5),
  })),
  defineUnit('handed-on', { states: ['h', 'old'] }, ({ h, old, gate }) => ({
    h: gate('', { recurrent: old }),
    old: h,
  })),
];

/** Any unit of up to four gates. */
export const anyUnit: fc.Arbitrary<Unit> = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.tuple(fc.nat(20), fc.nat(), fc.nat()), { minLength: 4, maxLength: 16 }),
  )
  .map(([states, choices]) => madeOf(['h', 'c', 'm'].slice(0, states), choices))
  .filter((unit) => unit !== undefined);

function madeOf(states: string[], choices: readonly (readonly [number, number, number])[]): Unit | undefined {
  try {
    return defineUnit('any', { states }, ({ gate, weight, ...context }) => {
      const before = states.map((state) => (context as unknown as Record<string, Expression>)[state]);
      const values = [...before, gate('')];
      let parts = 0;
      for (const [kind, i, j] of choices) {
        const [a, b] = [values[i % values.length], values[j % values.length]];
        const name = `p${parts}`;
        values.push(made(kind, a, b, name));
        if (kind < 5) parts++;
      }
      function made(kind: number, a: Expression, b: Expression, name: string): Expression {
        switch (kind) {
          case 0:
            return gate(name, { recurrent: a });
          case 1:
            return gate(name, { recurrent: a, input: false, bias: 1 });
          case 2:
            return sigmoid(gate(name, { recurrent: null }));
          case 3:
            return weight(name, 1).times(a);
          case 4:
            return gate(name).plus(a);
          case 5:
          case 6:
            return a.plus(b);
          case 7:
            return a.minus(b);
          case 8:
          case 9:
            return a.times(b);
          case 10:
            return a.dividedBy(b);
          case 11:
            return a.negative();
          case 12:
            return a.times(1.5);
          case 13:
            return a.minus(0.25);
          case 14:
            return sigmoid(b)
              .times(a)
              .plus(a.graph.constant(1).minus(sigmoid(b)).times(b));
          case 15:
            return max(a, b);
          case 16:
            return stopped(a);
          case 17:
            return max(a, 0.1);
          case 18:
            return a.graph.constant(2).minus(a);
          default:
            return kind === 19 ? tanh(a) : softplus(a);
        }
      }
      // All of them, so that each gate, weight and state is of use.
      const sum = values.reduce((all, value) => all.plus(tanh(value)));
      return Object.fromEntries(states.map((state, k) => [state, k === 0 ? sum : values[values.length - k]]));
    });
  } catch (error) {
    if (error instanceof Misuse) return undefined;
    throw error;
  }
}
