import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** The update gate RNN: a tanh unit with one gate, which starts open. */
export const ugrnn = defineUnit(
  'ugrnn',
  { title: 'UGRNN', source: 'Collins, Sohl-Dickstein and Sussillo 2017' },
  ({ h, gate, one }) => {
    const g = sigmoid(gate('g', { bias: 1 }));
    return { h: g.times(h).plus(one.minus(g).times(tanh(gate('c')))) };
  },
);
