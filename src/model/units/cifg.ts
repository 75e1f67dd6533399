import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** An LSTM whose input gate is what its forget gate leaves. */
export const cifg = defineUnit(
  'cifg',
  { title: 'CIFG', states: ['h', 'c'], source: 'Greff et al. 2017 (coupled input and forget gate)' },
  ({ c, gate, one }) => {
    const f = sigmoid(gate('f', { bias: 1 }));
    const cell = f.times(c).plus(one.minus(f).times(tanh(gate('c'))));
    return { h: sigmoid(gate('o')).times(tanh(cell)), c: cell };
  },
);
