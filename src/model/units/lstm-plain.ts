import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** Without peepholes, and with a forget gate that starts open. */
export const lstmPlain = defineUnit(
  'lstm-plain',
  {
    title: 'LSTM, plain',
    states: ['h', 'c'],
    source: 'Gers, Schmidhuber and Cummins 2000; the bias: Jozefowicz, Zaremba and Sutskever 2015',
  },
  ({ c, gate }) => {
    const i = sigmoid(gate('i'));
    const f = sigmoid(gate('f', { bias: 1 }));
    const o = sigmoid(gate('o'));
    const cell = f.times(c).plus(i.times(tanh(gate('c'))));
    return { h: o.times(tanh(cell)), c: cell };
  },
);
