import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** The GRU of PyTorch and cuDNN, which resets after the product with U, whose bias the reset then scales too. */
export const gruAfter = defineUnit(
  'gru-after',
  { title: 'GRU, reset after', source: 'Cho et al. 2014, version 1; cuDNN, PyTorch' },
  ({ h, gate, one }) => {
    const z = sigmoid(gate('z'));
    const r = sigmoid(gate('r'));
    const candidate = tanh(gate('', { recurrent: null }).plus(r.times(gate('h', { input: false }))));
    return { h: one.minus(z).times(h).plus(z.times(candidate)) };
  },
);
