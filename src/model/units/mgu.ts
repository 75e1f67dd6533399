import { defineUnit } from '../graph/define-unit.js';
import { sigmoid, tanh } from '../graph/expression.js';

/** A GRU whose one gate both updates and resets. */
export const mgu = defineUnit(
  'mgu',
  { title: 'MGU', source: 'Zhou, Wu, Zhang and Zhou 2016' },
  ({ h, gate, one }) => {
    const f = sigmoid(gate('f'));
    const candidate = tanh(gate('', { recurrent: f.times(h) }));
    return { h: one.minus(f).times(h).plus(f.times(candidate)) };
  },
);
