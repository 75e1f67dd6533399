import { defineUnit } from '../graph/define-unit.js';
import { sigmoid } from '../graph/expression.js';

/** An LSTM whose gates do not see the hidden state and add up to 1. */
export const minLstm = defineUnit(
  'min-lstm',
  { title: 'minLSTM', source: 'Feng et al. 2024' },
  ({ h, gate }) => {
    const f = sigmoid(gate('f', { recurrent: null }));
    const i = sigmoid(gate('i', { recurrent: null }));
    const both = f.plus(i);
    const candidate = gate('', { recurrent: null });
    return { h: f.dividedBy(both).times(h).plus(i.dividedBy(both).times(candidate)) };
  },
);
