import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** The gated recurrent unit, which resets the hidden state before the product with U. */
export const gru = defineUnit(
  'gru',
  { title: 'GRU', source: 'Cho et al. 2014; Chung et al. 2014, section 3.2' },
  ({ h, gate, one }) => {
    const z = sigmoid(gate('z'));
    const r = sigmoid(gate('r'));
    const candidate = tanh(gate('', { recurrent: r.times(h) }));
    return { h: one.minus(z).times(h).plus(z.times(candidate)) };
  },
);
