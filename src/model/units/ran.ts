import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** The recurrent additive network: what enters the cell is xW without a nonlinearity. */
export const ran = defineUnit(
  'ran',
  { title: 'RAN', states: ['h', 'c'], source: 'Lee, Levy and Zettlemoyer 2017' },
  ({ c, gate }) => {
    const i = sigmoid(gate('i'));
    const f = sigmoid(gate('f'));
    const cell = i.times(gate('c', { recurrent: null, bias: false })).plus(f.times(c));
    return { h: tanh(cell), c: cell };
  },
);
