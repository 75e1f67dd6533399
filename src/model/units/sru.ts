import { defineUnit } from '../graph/define-unit.js';
import { sigmoid } from '../graph/expression.js';

/** The simple recurrent unit; its highway passes a projection of the input, which has another size than h. */
export const sru = defineUnit(
  'sru',
  { title: 'SRU', states: ['h', 'c'], source: 'Lei, Zhang, Wang, Dai and Artzi 2018' },
  ({ c, gate, weight, one }) => {
    const f = sigmoid(gate('f', { recurrent: null }).plus(weight('f').times(c)));
    const r = sigmoid(gate('r', { recurrent: null }).plus(weight('r').times(c)));
    const cell = f.times(c).plus(one.minus(f).times(gate('c', { recurrent: null, bias: false })));
    const highway = gate('x', { recurrent: null, bias: false });
    return { h: r.times(cell).plus(one.minus(r).times(highway)), c: cell };
  },
);
