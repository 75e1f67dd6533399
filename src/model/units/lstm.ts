import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** With diagonal peepholes V; the output gate looks at the new cell, the other two at the old one. */
export const lstm = defineUnit(
  'lstm',
  { title: 'LSTM', states: ['h', 'c'], source: 'Graves 2013; Chung et al. 2014, section 3.1' },
  ({ c, gate, weight }) => {
    const i = sigmoid(gate('i').plus(weight('i').times(c)));
    const f = sigmoid(gate('f').plus(weight('f').times(c)));
    const output = gate('o');
    const candidate = tanh(gate('c'));
    const cell = f.times(c).plus(i.times(candidate));
    const o = sigmoid(output.plus(weight('o').times(cell)));
    return { h: o.times(tanh(cell)), c: cell };
  },
);
