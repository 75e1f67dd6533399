import { defineUnit } from '../graph/define-unit.js';
import { relu } from '../graph/expression.js';

/** Each hidden unit sees of the hidden state only itself. */
export const indRnn = defineUnit(
  'ind-rnn',
  { title: 'IndRNN', source: 'Li, Li, Cook, Zhu and Gao 2018' },
  ({ h, gate, weight }) => ({
    h: relu(gate('', { recurrent: null }).plus(weight('', 1).times(h))),
  }),
);
